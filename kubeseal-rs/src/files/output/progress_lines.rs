//! [`ProgressLines`]: lines on standard output about steps that are done.

use crate::files::output::{OutputError, print_text};

/// A reader of standard output that goes away does not stop the work: that is an error once all is done.
#[must_use]
#[derive(Debug)]
pub(crate) struct ProgressLines(Result<(), OutputError>);

impl ProgressLines {
    pub(crate) fn new() -> Self {
        Self(Ok(()))
    }

    /// Prints what was done, unless the reader has gone away.
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
