//! `guard`: finds plaintext that is about to be committed.
//!
//! `candidates` finds the files to scan, `scan` looks for plaintext in one file, `value` judges whether a text is a
//! secret value, `comparison` compares recipients with the project file, `report` has the messages, and `install` writes the hook of Git. To find another kind of credential: its name in `value::credential`, a
//! notation of references in `value::reference`, a format of private keys in `scan::private_key`, a kind of object in
//! `scan::object`.

pub(crate) mod candidates;
pub(crate) mod comparison;
pub(crate) mod error;
pub(crate) mod install;
pub(crate) mod known_recipients;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod value;

use crate::commands::guard::candidates::{staged, walk};
use crate::commands::guard::comparison::Comparison;
use crate::commands::guard::report::summary::Summary;
use crate::commands::guard::scan::ScannedFile;
use crate::error::CommandError;
use crate::error::cause::on_one_line;
use crate::files::output::print_text;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::{self, alert, say};
use clap::Args;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

/// The first part of `help guard`.
pub(crate) const LONG_ABOUT: &str = "Find plaintext that is about to be committed, for a pre-commit hook.\n\n\
    Looks for Secrets with data or stringData, alone, in Lists and inside other objects; for values of SealedSecrets that were \
    never sealed; for annotations \
    that repeat a Secret (last-applied-configuration and others); for literals and files of kustomize's \
    secretGenerator; for passwords, tokens and the like in spec.template.data of SealedSecrets; and for \
    private keys (PEM, age), in any file. In a repository with a project file (.sealed-secrets.yaml), also for \
    SealedSecrets with recipients that the rule for their file does not name, or with a wider scope. Manifests are files with .yaml, .yml, .json or .tpl in their \
    names, and editors' copies of them (a.yaml~, a.yaml.orig); and every file that you name, if it \
    parses as a manifest.\n\n\
    Prints a line for each key, FILE:LINE: what it is and what to do, never the value, and exits with 1. \
    Prints nothing and exits with 0 if there is none. Exits with 1, too, if a file cannot be read. \
    Allowed are values of SOPS, references (<path:…>, ref+…://), and values that are only templates ({{ \
    … }}) or placeholders (${…}). Also allowed are the values on a line with this comment, or right \
    below it:\n\n  \
    # kubeseal-rs: allow";

/// Find plaintext Secrets in files, or in what is staged.
#[derive(Debug, Default, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # Before each commit: writes .git/hooks/pre-commit, which runs guard --staged\n  \
        {0} guard --install\n\n  \
        # Everything below a directory that git tracks or .gitignore does not name; in a pipeline\n  \
        {0} guard deploy\n\n\
        With the pre-commit framework, in .pre-commit-config.yaml:\n  \
        repos:\n  \
        - repo: local\n    \
          hooks:\n    \
          - id: kubeseal-rs-guard\n      \
            name: no plaintext Secrets\n      \
            entry: {0} guard --\n      \
            language: system\n      \
            types: [text]", name()))]
pub(crate) struct GuardArgs {
    /// Files, and directories to search (default: the current directory).
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Scan what is staged in Git, as it is staged, instead of the work tree.
    #[arg(long)]
    pub staged: Option<bool>,

    /// Write the hook of Git that runs guard --staged before each commit; another hook stays as it is.
    #[arg(long, conflicts_with_all = ["paths", "staged"])]
    pub install: Option<bool>,

    #[command(flatten)]
    pub trust: TrustFlags,
}

pub(crate) fn run(args: GuardArgs) -> Result<(), CommandError> {
    if args.install == Some(true) {
        return install::install();
    }
    let mut summary = Summary::default();
    let mut paths = args.paths;
    let mut comparison = Comparison::new(args.trust.trusted);
    let mut scan_file =
        |file: ScannedFile<'_>, summary: &mut Summary| scan_file(&file, &mut comparison, summary);
    if args.staged == Some(true) {
        let unreadable = staged::each_file(&paths, &mut |file| scan_file(file, &mut summary))?;
        summary.unreadable += unreadable;
    } else {
        if paths.is_empty() {
            paths.push(".".into());
        }
        for path in &paths {
            let unreadable = walk::each_file(path, &mut |file| scan_file(file, &mut summary))?;
            summary.unreadable += unreadable;
        }
    }
    if let Some(note) = summary.note() {
        alert(note);
    }
    print_text(&summary.findings)?;
    match (summary.error(), comparison.failure) {
        (None, None) => {}
        (None, Some(failure)) => return Err(failure),
        (Some(error), failure) => {
            if let Some(failure) = failure {
                let hint = failure.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                alert(format_args!("{}{hint}", on_one_line(&failure)));
            }
            return Err(error.into());
        }
    }
    print_summary(&summary);
    Ok(())
}

fn scan_file(file: &ScannedFile<'_>, comparison: &mut Comparison, summary: &mut Summary) {
    let path = file.path;
    let mut result = scan::scan(file);
    summary.files_with_plaintext += usize::from(!result.findings.is_empty());
    summary.plaintext += result.findings.len();
    let mut others = comparison.findings(file, result.stated);
    summary.others += others.len();
    result.findings.append(&mut others);
    result.findings.sort_by_key(|finding| finding.line);
    let is_corrected = !result.findings.is_empty() && is_corrected_since(file, comparison);
    let again =
        if is_corrected { " (as staged; the file has none of it any more: `git add` it again)" } else { "" };
    summary.files += 1;
    summary.unreadable += usize::from(result.is_unread);
    for finding in result.findings {
        // Writing to a String cannot fail.
        let _ = writeln!(summary.findings, "{}:{finding}{again}", shown_path(path));
    }
    summary.templates.extend(result.is_template.then(|| shown_path(path)));
    for doubt in result.warnings {
        alert(format_args!("{}{doubt}", shown_path(path)));
    }
}

/// Whether nothing is found any more in the work tree's file that was staged.
fn is_corrected_since(staged: &ScannedFile<'_>, comparison: &mut Comparison) -> bool {
    let Some(path) = staged.work_tree.map(|tree| tree.join(staged.path)) else { return false };
    // Neither a pipe, which would block, nor a link, which may lead anywhere.
    if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(bytes) = walk::read(&path) else { return false };
    let file = ScannedFile { bytes: &bytes, generated: staged.generated.clone(), ..*staged };
    let result = scan::scan(&file);
    !result.is_unread && result.findings.is_empty() && comparison.findings(&file, result.stated).is_empty()
}

/// Hooks print nothing; at a terminal, the user sees that files were scanned.
fn print_summary(summary: &Summary) {
    if io::stderr().is_terminal() && !warnings::is_quiet() {
        let s = if summary.files == 1 { "" } else { "s" };
        say(format_args!("scanned {} file{s}: no plaintext found\n", summary.files));
    }
}
