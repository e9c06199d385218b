//! [`ChangeSummary`]: the results, for each SealedSecret and in sum.

use crate::commands::common::sealed_files::NotFound;
use crate::commands::recipients::failure::ChangeFailure;
use crate::error::cause::on_one_line;
use crate::error::{CommandError, Hint};
use crate::project::recipient::Recipient;
use crate::terminal::escape::shown_path;
use std::error::Error;
use std::fmt::{self, Display, Write as _};
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
    failures: Vec<String>,
    hint: Option<String>,
    is_check: bool,
}

/// With `--check`: recipients are not those of the rules.
#[derive(Debug, thiserror::Error)]
#[error("{0} not sealed for what the project file says")]
pub(crate) struct Different(String);

/// Something was not changed, or not read.
#[derive(Debug)]
pub(crate) struct NotChanged {
    failures: Vec<String>,
    hint: Option<String>,
    is_check: bool,
}

/// No file holds a SealedSecret: the user may have meant others.
#[derive(Debug, thiserror::Error)]
#[error("no SealedSecret was found in these files")]
pub(crate) struct NothingToChange;

impl ChangeSummary {
    pub(crate) fn new(not_found: NotFound, is_check: bool) -> Self {
        let mut summary = Self { is_check, ..Self::default() };
        for (path, failure) in not_found {
            summary.failed(&path, None, &failure.into());
        }
        summary
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

    pub(crate) fn failed(&mut self, path: &Path, location: Option<String>, failure: &ChangeFailure) {
        let mut words = shown_path(path);
        for part in location.into_iter().chain([on_one_line(failure)]) {
            words.extend([": ", &part]);
        }
        self.failures.push(words);
        self.hint = self.hint.take().or_else(|| failure.hint());
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
        let failed = match self.failures.len() {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        format!(
            "{files} with SealedSecrets: {} changed, {} unchanged{failed}\n",
            self.changed, self.unchanged
        )
    }

    /// Whether a SealedSecret was changed.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed > 0
    }

    /// The error, if there is one.
    pub(crate) fn outcome(self) -> Result<(), CommandError> {
        if !self.failures.is_empty() {
            let Self { failures, hint, is_check, .. } = self;
            return Err(NotChanged { failures, hint, is_check }.into());
        }
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

impl Hint for NotChanged {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl Display for NotChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.is_check { "checked" } else { "changed" };
        write!(f, "not everything was {verb}:")?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

impl Error for NotChanged {}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
