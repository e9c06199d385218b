//! [`ChangeSummary`]: the results, for each SealedSecret and in sum.

use crate::commands::common::failures::{Failures, count};
use crate::commands::common::sealed_files::NotFound;
use crate::commands::recipients::object::Planned;
use crate::error::{CommandError, Hint};
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
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
    /// Those that were sealed to a key that leaked.
    leaked: usize,
    pub failures: Failures,
    /// Whether a rule names the cluster that was removed.
    pub is_still_ruled: bool,
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
    pub(crate) fn different(&mut self, path: &Path, location: impl Display, planned: &Planned) {
        self.different += 1;
        self.leaked += usize::from(planned.has_leaked);
        // Writing to a String cannot fail.
        let _ = writeln!(self.lines, "{}: {location}: {}", shown_path(path), planned.differences.join("; "));
    }

    /// Reports a SealedSecret that was changed.
    pub(crate) fn changed(&mut self, path: &Path, location: impl Display, planned: &Planned) {
        self.changed += 1;
        self.leaked += usize::from(planned.has_leaked);
        let names: Vec<&str> = planned.recipients.iter().map(|recipient| recipient.name.as_str()).collect();
        let leak = if planned.has_leaked { "; but an old key was revoked: change its values" } else { "" };
        let _ = writeln!(self.lines, "{}: {location}: now for {}{leak}", shown_path(path), names.join(", "));
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

    /// What the user must do, beside sealing: the values of a leaked key are known, whatever they are sealed to.
    pub(crate) fn leak(&self) -> Option<String> {
        (self.leaked > 0).then(|| {
            format!(
                "{} sealed to a key that leaked and was revoked: change the values where they come from, and seal the new ones; sealing \
                 the old ones anew protects nothing",
                count(self.leaked, "SealedSecret") + if self.leaked == 1 { " was" } else { " were" }
            )
        })
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
        Some(format!(
            "for an older key of a cluster: `{0} reseal --for NAME PATH`, by its controller; for all else, `{0} reseal --recipients PATH` \
             with the private keys of a cluster or an age identity makes the files what the rules say",
            name()
        ))
    }
}

impl Hint for NothingToChange {
    fn hint(&self) -> Option<String> {
        Some("name files with objects of kind: SealedSecret, or directories with such files, called .yaml, .yml or .json".into())
    }
}
