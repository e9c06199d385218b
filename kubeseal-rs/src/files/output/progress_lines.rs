//! [`ProgressLines`]: lines on standard output about finished steps.

use crate::files::output::{OutputError, print_text};

/// If the reader closes standard output, the work continues; the error is returned at the end.
#[must_use]
#[derive(Debug)]
pub(crate) struct ProgressLines(Result<(), OutputError>);

impl ProgressLines {
    pub(crate) fn new() -> Self {
        Self(Ok(()))
    }

    /// Prints a line, unless the reader has closed the pipe.
    pub(crate) fn print(&mut self, text: &str) {
        if self.0.is_ok() {
            self.0 = print_text(text);
        }
    }

    /// Fails if not all lines could be written.
    pub(crate) fn finish(self) -> Result<(), OutputError> {
        self.0
    }
}
