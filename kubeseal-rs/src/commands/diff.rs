//! `diff`: what is different between the SealedSecrets of two files, without opening them. `compare` finds it, `text` prints it. `textconv` is
//! for `git diff`.
//!
//! Decided: exit codes as of `diff`: 0 the same, 1 different, 2 could not be compared, because scripts and programs that call a `diff` know these.

pub(crate) mod compare;
pub(crate) mod object;
pub(crate) mod other_fields;
pub(crate) mod text;
pub(crate) mod textconv;

use crate::commands::common::sealed_input;
use crate::commands::diff::compare::compare;
use crate::commands::diff::text::render;
use crate::commands::diff::textconv::text_for_git;
use crate::error::{CommandError, Hint, Kind};
use crate::files::input::Input;
use crate::files::output::{Output, print_text};
use crate::settings::flag_value;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use clap::Args;
use std::path::PathBuf;

/// The first part of `help diff`.
pub(crate) const LONG_ABOUT: &str = "Show what is different between the SealedSecrets of two files: items that were added, removed or sealed \
    anew; scope, name, type, templates, labels, annotations, certificate and recipients. Never shows a value, and opens none.\n\n\
    The same value has another ciphertext each time it is sealed. So an item with another ciphertext has another value \
    if its length changed; if not, it has the same value or another one of that length, which only a private key can tell.\n\n\
    SealedSecrets of several documents are paired by namespace and name. Other objects are passed over.\n\n\
    Exits with 0 if nothing is different, with 1 if something is, and with 2 if the files cannot be compared.";

/// Show what is different between two files, without opening them.
#[derive(Debug, Default, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} diff old.yaml new.yaml\n  \
        git show HEAD:deploy/db.yaml | {0} diff - deploy/db.yaml\n  \
        kubectl get sealedsecret db -o yaml | {0} diff - deploy/db.yaml\n\n  \
        # Lengths instead of sealed values in `git diff`, `git show` and `git log -p`\n  \
        git config diff.sealedsecret.textconv '{0} diff --textconv'\n  \
        echo 'deploy/*.yaml diff=sealedsecret' >> .gitattributes", name()))]
pub(crate) struct DiffArgs {
    /// The old and the new file, in YAML or JSON; - is standard input.
    #[arg(required = true, value_name = "FILE", value_parser = flag_value::path())]
    pub files: Vec<PathBuf>,

    /// Print one file as Git is to compare it: with the length and a digest instead of each sealed value, and all else as it is.
    #[arg(long)]
    pub textconv: Option<bool>,
}

/// The files are different; that is printed already.
#[derive(Debug, thiserror::Error)]
#[error("the SealedSecrets are different")]
struct Different;

impl Hint for Different {
    fn kind(&self) -> Kind {
        Kind::Different
    }
}

/// Arguments that are no two files.
#[derive(Debug, thiserror::Error)]
enum WrongFiles {
    #[error("diff takes two files, and not {0}")]
    Count(usize),
    #[error("standard input can be one of the two files only")]
    BothStdin,
    #[error("--textconv takes one file, and not {0}")]
    Textconv(usize),
}

impl Hint for WrongFiles {
    fn hint(&self) -> Option<String> {
        let program = name();
        Some(match self {
            Self::Count(_) | Self::BothStdin => {
                format!("write `{program} diff OLD NEW`; one of them may be -, standard input")
            }
            Self::Textconv(_) => {
                format!(
                    "write `git config diff.sealedsecret.textconv '{program} diff --textconv'`, and let Git call it"
                )
            }
        })
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

pub(crate) fn run(args: &DiffArgs) -> Result<(), CommandError> {
    if args.textconv == Some(true) { for_git(&args.files) } else { of_files(&args.files) }
}

fn of_files(files: &[PathBuf]) -> Result<(), CommandError> {
    let [old, new] = files else {
        return Err(WrongFiles::Count(files.len()).into());
    };
    let inputs = [old, new].map(|file| flag_value::input(Some(file.clone())));
    if inputs == [Input::Stdin, Input::Stdin] {
        return Err(WrongFiles::BothStdin.into());
    }
    let differences = differences(&inputs).map_err(CommandError::failed_as_usage)?;
    if differences.is_empty() {
        return Ok(());
    }
    print_text(&differences)?;
    Err(Different.into())
}

/// Exit code 0, as Git wants it.
fn for_git(files: &[PathBuf]) -> Result<(), CommandError> {
    let [file] = files else {
        return Err(WrongFiles::Textconv(files.len()).into());
    };
    let bytes = sealed_input::bytes(&flag_value::input(Some(file.clone())), "a file")?;
    Ok(Output::Stdout.write(&text_for_git(&bytes))?)
}

/// The differences, as they are printed. Empty if there are none.
fn differences([old, new]: &[Input; 2]) -> Result<String, CommandError> {
    let (old, new) = (sealed_input::read(old)?, sealed_input::read(new)?);
    Ok(render(&compare(&old, &new), Paint::for_stdout()))
}
