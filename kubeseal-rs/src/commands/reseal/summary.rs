//! [`ResealSummary`]: the results, for each file and in sum.

use crate::commands::common::failures::{Failures, count};
use crate::commands::common::sealed_files::NotFound;
use crate::commands::reseal::staleness::Old;
use crate::error::{CommandError, Hint};
use crate::terminal::program::name;
use envelope::Fingerprint;
use std::fmt::{Display, Write as _};

/// The results so far.
#[derive(Default)]
pub(crate) struct ResealSummary {
    /// Results that are not printed yet, a line each.
    lines: String,
    /// Where they are, if it is not in files.
    place: Option<String>,
    /// Files with SealedSecrets.
    pub files: usize,
    /// SealedSecrets that are up to date.
    pub up_to_date: usize,
    resealed: usize,
    stale: usize,
    /// Those of them that name the present certificate.
    misnamed: usize,
    /// Files that the user named, and that hold no SealedSecret.
    pub without_any: Vec<String>,
    /// Files that do not parse, because they are templates.
    pub templates: Vec<String>,
    /// Files that are sealed for other clusters, and were skipped.
    pub of_other_clusters: usize,
    pub failures: Failures,
}

/// A SealedSecret that was resealed.
pub(crate) struct Resealed {
    /// The file, and the place in it.
    pub place: String,
    /// Whether its old key was revoked: others may know its values.
    pub was_revoked: bool,
}

/// With `--check`: something is sealed to an older certificate.
#[derive(Debug, thiserror::Error)]
#[error("{} not sealed to the present certificate", are(*.stale, "SealedSecret"))]
pub(crate) struct Stale {
    stale: usize,
    misnamed: usize,
}

/// No file holds a SealedSecret: the user may have meant others.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NothingToReseal {
    #[error("found no SealedSecret in {}", in_files(*.0))]
    NoneFound(usize),
    /// A check of nothing would look like one that passed.
    #[error("nothing was checked: {} of other clusters skipped", count(*.0, "file"))]
    AllSkipped(usize),
}

impl ResealSummary {
    pub(crate) fn new(not_found: NotFound) -> Self {
        Self { failures: Failures::of(not_found), ..Self::default() }
    }

    /// Of what is in this place, and not in files.
    pub(crate) fn of(place: String) -> Self {
        Self { place: Some(place), ..Self::default() }
    }

    /// The error if there is no SealedSecret in `files` files, and no error that may have hidden one.
    pub(crate) fn nothing_found(&self, files: usize, is_check: bool) -> Option<NothingToReseal> {
        match self.of_other_clusters {
            _ if self.files > 0 || !self.failures.is_empty() => None,
            0 => Some(NothingToReseal::NoneFound(files)),
            skipped => is_check.then_some(NothingToReseal::AllSkipped(skipped)),
        }
    }

    /// Reports a SealedSecret that is sealed to another certificate.
    pub(crate) fn stale(&mut self, place: impl Display, old: &Old) {
        self.stale += 1;
        if old.is_misnamed {
            self.misnamed += 1;
            // Writing to a String cannot fail.
            let _ =
                writeln!(self.lines, "{place}: names the present certificate, whose key does not open it");
            return;
        }
        let to = match (old.leaked(), old.keys.as_slice()) {
            (Some(leaked), _) => {
                format!("certificate {}, whose key was revoked; change its values", leaked.short())
            }
            (None, [one]) => format!("certificate {}", one.short()),
            (None, []) => "an unknown certificate".to_owned(),
            (None, several) => {
                let names: Vec<String> = several.iter().map(Fingerprint::short).collect();
                format!("certificates {}", names.join(", "))
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(self.lines, "{place}: sealed to {to}");
    }

    /// Reports SealedSecrets that were resealed.
    pub(crate) fn resealed(&mut self, all: &[Resealed]) {
        self.resealed += all.len();
        for Resealed { place, was_revoked } in all {
            let leak = if *was_revoked {
                "; its old key was revoked: change its values where they come from"
            } else {
                ""
            };
            let _ = writeln!(self.lines, "{place}: resealed{leak}");
        }
    }

    /// The lines since the last time.
    pub(crate) fn lines(&mut self) -> String {
        std::mem::take(&mut self.lines)
    }

    /// The last line: the sums.
    pub(crate) fn sum(&self, is_check: bool) -> String {
        let files = self.place.clone().unwrap_or_else(|| count(self.files, "file"));
        let sum = if is_check {
            let all = count(self.stale + self.up_to_date, "SealedSecret");
            format!("{} of {all} in {files} not sealed to the present certificate", self.stale)
        } else {
            let with = if self.place.is_none() { " with SealedSecrets" } else { "" };
            format!(
                "{files}{with}: {} resealed, {} up to date{}",
                self.resealed,
                self.up_to_date,
                self.failures.sum()
            )
        };
        let others = match self.of_other_clusters {
            0 => String::new(),
            number => format!("; {} of other clusters skipped", count(number, "file")),
        };
        format!("{sum}{others}\n")
    }

    /// The error, if there is one.
    pub(crate) fn outcome(self, is_check: bool) -> Result<(), CommandError> {
        let (stale, misnamed) = (self.stale, self.misnamed);
        self.failures.outcome(if is_check { "checked" } else { "resealed" })?;
        if stale > 0 { Err(Stale { stale, misnamed }.into()) } else { Ok(()) }
    }
}

impl Hint for NothingToReseal {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoneFound(_) => {
                "name files with objects of kind: SealedSecret, or directories with such files, called .yaml, .yml or .json".into()
            }
            Self::AllSkipped(_) => "name paths with files of this cluster, or the cluster of these files with --for".into(),
        })
    }
}

impl Hint for Stale {
    fn hint(&self) -> Option<String> {
        const CHANGED: &str = "what names the present certificate has items of an older one, which resealing helps, or its name, namespace, \
                               scope or values were changed since it was sealed";
        Some(match (self.stale - self.misnamed, self.misnamed) {
            (_, 0) => "run the same without --check".into(),
            (0, _) => format!("{CHANGED}: `{} inspect --live FILE` says more", name()),
            _ => {
                format!("run the same without --check; {CHANGED}: `{} inspect --live FILE` says more", name())
            }
        })
    }
}

fn in_files(number: usize) -> String {
    if number == 1 { "1 file".into() } else { format!("any of {number} files") }
}

fn are(number: usize, noun: &str) -> String {
    format!("{} {}", count(number, noun), if number == 1 { "is" } else { "are" })
}
