//! [`Failures`]: what a command that goes through many files could not do. It goes on with the others, and ends with all of them.

use crate::commands::common::sealed_files::NotFound;
use crate::error::Hint;
use crate::error::cause::on_one_line;
use crate::terminal::escape::shown_path;
use std::error::Error;
use std::fmt::{self, Display};
use std::path::Path;

/// A line for each failure, and the hint of the first one that has a hint.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    lines: Vec<String>,
    hint: Option<String>,
}

/// Something was not done, or not read.
#[derive(Debug)]
pub(crate) struct NotDone {
    failures: Failures,
    /// What was to be done, as in "checked".
    done: &'static str,
}

impl Failures {
    /// The paths that could not be read.
    pub(crate) fn of(not_found: NotFound) -> Self {
        let mut failures = Self::default();
        for (path, failure) in not_found {
            failures.add(&path, None, &failure);
        }
        failures
    }

    /// Adds the failure of a file, or of a SealedSecret in it.
    pub(crate) fn add(&mut self, path: &Path, location: Option<String>, failure: &impl Hint) {
        let path = shown_path(path);
        let place = location.map_or_else(|| path.clone(), |location| format!("{path}: {location}"));
        self.add_at(&place, failure);
    }

    /// Adds the failure of what is at this place.
    pub(crate) fn add_at(&mut self, place: &str, failure: &impl Hint) {
        self.lines.push(format!("{place}: {}", on_one_line(failure)));
        self.hint = self.hint.take().or_else(|| failure.hint());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The end of a line with sums.
    pub(crate) fn sum(&self) -> String {
        match self.lines.len() {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        }
    }

    /// The error, if there is a failure.
    pub(crate) fn outcome(self, done: &'static str) -> Result<(), NotDone> {
        if self.is_empty() { Ok(()) } else { Err(NotDone { failures: self, done }) }
    }
}

impl Hint for NotDone {
    fn hint(&self) -> Option<String> {
        self.failures.hint.clone()
    }
}

impl Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not everything was {}:", self.done)?;
        self.failures.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Error for NotDone {}

/// A number of things, as in "2 files".
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
