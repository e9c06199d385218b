//! [`ResealSummary`]: what came of it, for each file and in sum.

use crate::certificate::is_revoked;
use crate::commands::common::sealed_files::NotFound;
use crate::commands::reseal::failure::ResealFailure;
use crate::commands::reseal::staleness::Old;
use crate::error::cause::on_one_line;
use crate::error::{CommandError, Hint};
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::escape::shown_path;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::path::Path;

/// What came of it so far.
#[derive(Default)]
pub(crate) struct ResealSummary {
    /// What was found or done and is not told yet, a line each.
    lines: String,
    /// Files with SealedSecrets.
    pub files: usize,
    /// SealedSecrets that are as they should be.
    pub up_to_date: usize,
    resealed: usize,
    stale: usize,
    /// Files that were named, and have no SealedSecret.
    pub without_any: Vec<String>,
    /// Files that do not parse, because they are templates.
    pub templates: Vec<String>,
    failures: Vec<String>,
    hint: Option<String>,
}

/// A SealedSecret that was resealed.
pub(crate) struct Resealed {
    pub place: String,
    /// It was sealed with a key that was revoked: others may know its values.
    pub was_revoked: bool,
}

/// Something is sealed to an older certificate, and `--check` was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{} not sealed to the present certificate", are(*.0, "SealedSecret"))]
pub(crate) struct Stale(usize);

/// What was asked about has no SealedSecret at all: it may not be what was meant.
#[derive(Debug, thiserror::Error)]
#[error("found no SealedSecret in {}", in_files(*.0))]
pub(crate) struct NothingToReseal(pub(crate) usize);

/// Something was not resealed, or not even looked at.
#[derive(Debug)]
pub(crate) struct NotResealed {
    failures: Vec<String>,
    hint: Option<String>,
    /// Nothing was to be resealed.
    is_check: bool,
}

impl Hint for NotResealed {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl ResealSummary {
    pub(crate) fn new(not_found: NotFound) -> Self {
        let mut report = Self::default();
        for (path, fault) in not_found {
            report.failed(&path, None, &fault.into());
        }
        report
    }

    /// Whether there is no SealedSecret, and nothing that may have kept one from being found.
    pub(crate) fn has_found_nothing(&self) -> bool {
        self.files == 0 && self.failures.is_empty()
    }

    /// Adds SealedSecrets that are sealed to another certificate.
    pub(crate) fn stale(&mut self, path: &Path, found: Vec<(&SealedObject, Old)>) {
        self.stale += found.len();
        for (object, old) in found {
            let to = match old.fingerprint {
                Some(leaked) if is_revoked(leaked) => {
                    format!("certificate {}, whose key was revoked; change its values", leaked.short())
                }
                Some(fingerprint) => format!("certificate {}", fingerprint.short()),
                None => "an unknown certificate".to_owned(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(self.lines, "{}: {}: sealed to {to}", shown_path(path), object.location);
        }
    }

    /// Adds SealedSecrets that were resealed.
    pub(crate) fn resealed(&mut self, path: &Path, all: &[Resealed]) {
        self.resealed += all.len();
        for Resealed { place, was_revoked } in all {
            let leak = if *was_revoked {
                "; its old key was revoked: change its values where they come from"
            } else {
                ""
            };
            let _ = writeln!(self.lines, "{}: {place}: resealed{leak}", shown_path(path));
        }
    }

    /// Adds a file or a SealedSecret that was not resealed.
    pub(crate) fn failed(&mut self, path: &Path, place: Option<String>, fault: &ResealFailure) {
        let mut words = shown_path(path);
        for part in place.into_iter().chain([on_one_line(fault)]) {
            words.extend([": ", &part]);
        }
        self.failures.push(words);
        self.hint = self.hint.take().or_else(|| fault.hint());
    }

    /// The lines since the last time.
    pub(crate) fn lines(&mut self) -> String {
        std::mem::take(&mut self.lines)
    }

    /// What to print at the end.
    pub(crate) fn sum(&self, is_check: bool) -> String {
        let files = count(self.files, "file");
        let sum = if is_check {
            let all = count(self.stale + self.up_to_date, "SealedSecret");
            format!("{} of {all} in {files} not sealed to the present certificate", self.stale)
        } else {
            let failed = match self.failures.len() {
                0 => String::new(),
                failed => format!(", {failed} failed"),
            };
            format!(
                "{files} with SealedSecrets: {} resealed, {} up to date{failed}",
                self.resealed, self.up_to_date
            )
        };
        format!("{sum}\n")
    }

    /// How it ended.
    pub(crate) fn outcome(self, is_check: bool) -> Result<(), CommandError> {
        if !self.failures.is_empty() {
            return Err(NotResealed { failures: self.failures, hint: self.hint, is_check }.into());
        }
        if self.stale > 0 { Err(Stale(self.stale).into()) } else { Ok(()) }
    }
}

impl Hint for NothingToReseal {
    fn hint(&self) -> Option<String> {
        Some("name files with objects of kind: SealedSecret, or directories with such files, called .yaml, .yml or .json".into())
    }
}

impl Hint for Stale {
    fn hint(&self) -> Option<String> {
        Some("run the same without --check".into())
    }
}

impl fmt::Display for NotResealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.is_check { "checked" } else { "resealed" };
        write!(f, "not everything was {verb}:")?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

impl Error for NotResealed {}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn in_files(number: usize) -> String {
    if number == 1 { "1 file".into() } else { format!("any of {number} files") }
}

fn are(number: usize, noun: &str) -> String {
    format!("{} {}", count(number, noun), if number == 1 { "is" } else { "are" })
}
