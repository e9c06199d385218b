//! [`Summary`]: the findings in all files, and their number.

use crate::commands::common::templated_files;
use crate::commands::guard::error::GuardError;

/// Counts, and the lines to print.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub files: usize,
    pub files_with_findings: usize,
    pub unreadable: usize,
    /// How many findings there are.
    pub count: usize,
    /// How many of them are recipients, and not plaintext.
    pub recipients: usize,
    /// One line each.
    pub findings: String,
    /// Files that were only searched as text, because they are templates.
    pub templates: Vec<String>,
}

impl Summary {
    /// The note about templates, for standard error.
    pub(crate) fn note(&self) -> Option<String> {
        templated_files::note(&self.templates, "searched as text")
    }

    /// The error, if there are findings or unread files.
    pub(crate) fn error(&self) -> Option<GuardError> {
        if self.count > 0 && self.recipients == self.count {
            Some(GuardError::Recipients(self.count))
        } else if self.count > 0 {
            Some(GuardError::Found { count: self.count, files: self.files_with_findings })
        } else if self.unreadable > 0 {
            Some(GuardError::Unreadable(self.unreadable))
        } else {
            None
        }
    }
}
