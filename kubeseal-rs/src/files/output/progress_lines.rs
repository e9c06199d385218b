//! [`Telling`]: what is told on standard output between steps of work.

use crate::files::output::{OutputError, tell};

/// A reader that goes away keeps nothing from being done: it is the outcome once all is done.
#[must_use]
#[derive(Debug)]
pub(crate) struct Telling(Result<(), OutputError>);

impl Telling {
    pub(crate) fn begin() -> Self {
        Self(Ok(()))
    }

    /// Tells what was done, unless the reader has gone.
    pub(crate) fn tell(&mut self, text: &str) {
        if self.0.is_ok() {
            self.0 = tell(text);
        }
    }

    /// Whether all of it was read.
    pub(crate) fn end(self) -> Result<(), OutputError> {
        self.0
    }
}
