//! `guard`: finds what is about to be committed in plaintext.
//!
//! Which files: `walk` and `staged`. What is in one: `examine`, which sends manifests through `object`, those that
//! do not parse through `template`, what kustomize makes Secrets of through `generated`, and everything through `key_block`.

pub(crate) mod allowed;
pub(crate) mod credential;
pub(crate) mod error;
pub(crate) mod examine;
pub(crate) mod finding;
pub(crate) mod flow;
pub(crate) mod generated;
pub(crate) mod key_block;
pub(crate) mod object;
pub(crate) mod plain;
pub(crate) mod staged;
pub(crate) mod tally;
pub(crate) mod template;
pub(crate) mod text;
pub(crate) mod walk;

use crate::commands::guard::examine::ScannedFile;
use crate::commands::guard::tally::Tally;
use crate::error::Failure;
use crate::files::output::tell;
use crate::settings::guard::Guard;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings;
use crate::terminal::warnings::{alert, say};
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

pub(crate) fn guard(guard: &Guard) -> Result<(), Failure> {
    let mut tally = Tally::default();
    match guard {
        Guard::Staged(paths) => {
            let unreadable = staged::each_file(paths, &mut |file| look_into(&file, &mut tally))?;
            tally.unreadable += unreadable;
        }
        Guard::Paths(paths) => {
            for path in paths {
                let unreadable = walk::each_file(path, &mut |file| look_into(&file, &mut tally))?;
                tally.unreadable += unreadable;
            }
        }
    }
    if let Some(note) = tally.note() {
        alert(note);
    }
    tell(&tally.findings)?;
    if let Some(error) = tally.error() {
        return Err(error.into());
    }
    summary(&tally);
    Ok(())
}

fn look_into(file: &ScannedFile<'_>, tally: &mut Tally) {
    let path = file.path;
    let examined = examine::examine(file);
    tally.files += 1;
    tally.unreadable += usize::from(examined.is_unread);
    tally.files_with_findings += usize::from(!examined.findings.is_empty());
    tally.count += examined.findings.len();
    for finding in examined.findings {
        // Writing to a String cannot fail.
        let _ = writeln!(tally.findings, "{}:{finding}", shown_path(path));
    }
    tally.templates.extend(examined.is_template.then(|| shown_path(path)));
    for doubt in examined.doubts {
        alert(format_args!("{}{doubt}", shown_path(path)));
    }
}

/// Hooks are quiet; a person wants to know that something was done.
fn summary(tally: &Tally) {
    if io::stderr().is_terminal() && !warnings::is_quiet() {
        let s = if tally.files == 1 { "" } else { "s" };
        say(format_args!("looked into {} file{s}: no plaintext found\n", tally.files));
    }
}
