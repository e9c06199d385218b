//! [`ChangeSummary`]: the results, for each SealedSecret and in sum.

use crate::commands::common::failures::{Failures, count};
use crate::commands::common::sealed_files::NotFound;
use crate::error::{CommandError, Hint};
use crate::project::recipient::Recipient;
use crate::terminal::escape::shown_path;
use std::fmt::{Display, Write as _};
use std::path::Path;

/// The results so far.
#[derive(Debug, Default)]
pub(crate) struct ChangeSummary {
    /// Results that are not printed yet, a line each.
    lines: String,
    /// Files with SealedSecrets.
    pub files: usize,
    pub unchanged: usize,
    changed: usize,
    different: usize,
    pub failures: Failures,
    is_check: bool,
}

/// With `--check`: recipients are not those of the rules.
#[derive(Debug, thiserror::Error)]
#[error("{0} not sealed for what the project file says")]
pub(crate) struct Different(String);

/// No file holds a SealedSecret: the user may have meant others.
#[derive(Debug, thiserror::Error)]
#[error("no SealedSecret was found in these files")]
pub(crate) struct NothingToChange;

impl ChangeSummary {
    pub(crate) fn new(not_found: NotFound, is_check: bool) -> Self {
        Self { is_check, failures: Failures::of(not_found), ..Self::default() }
    }

    /// Reports a SealedSecret with other recipients than are wanted.
    pub(crate) fn different(&mut self, path: &Path, location: impl Display, differences: &[String]) {
        self.different += 1;
        // Writing to a String cannot fail.
        let _ = writeln!(self.lines, "{}: {location}: {}", shown_path(path), differences.join("; "));
    }

    /// Reports a SealedSecret that was changed.
    pub(crate) fn changed(&mut self, path: &Path, location: impl Display, recipients: &[Recipient]) {
        self.changed += 1;
        let names: Vec<&str> = recipients.iter().map(|recipient| recipient.name.as_str()).collect();
        let _ = writeln!(self.lines, "{}: {location}: now for {}", shown_path(path), names.join(", "));
    }

    /// The lines since the last time.
    pub(crate) fn lines(&mut self) -> String {
        std::mem::take(&mut self.lines)
    }

    /// The last line: the sums.
    pub(crate) fn sum(&self) -> String {
        let files = count(self.files, "file");
        if self.is_check {
            let all = count(self.different + self.unchanged, "SealedSecret");
            return format!(
                "{} of {all} in {files} not sealed for what the project file says\n",
                self.different
            );
        }
        format!(
            "{files} with SealedSecrets: {} changed, {} unchanged{}\n",
            self.changed,
            self.unchanged,
            self.failures.sum()
        )
    }

    /// Whether a SealedSecret was changed.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed > 0
    }

    /// The error, if there is one.
    pub(crate) fn outcome(self) -> Result<(), CommandError> {
        self.failures.outcome(if self.is_check { "checked" } else { "changed" })?;
        if self.files == 0 {
            return Err(NothingToChange.into());
        }
        match self.different {
            0 => Ok(()),
            1 => Err(Different("1 SealedSecret is".into()).into()),
            number => Err(Different(format!("{number} SealedSecrets are")).into()),
        }
    }
}

impl Hint for Different {
    fn hint(&self) -> Option<String> {
        Some(
            "`reseal --recipients` with the private keys of a cluster, or with an age identity, makes the files what the rules say"
                .into(),
        )
    }
}

impl Hint for NothingToChange {
    fn hint(&self) -> Option<String> {
        Some("name files with objects of kind: SealedSecret, or directories with such files, called .yaml, .yml or .json".into())
    }
}
