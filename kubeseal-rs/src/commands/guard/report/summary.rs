//! [`Summary`]: the findings in all files, and their number.

use crate::commands::common::templated_files;
use crate::commands::guard::error::GuardError;

/// Counts, and the lines to print.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub files: usize,
    pub files_with_plaintext: usize,
    pub unreadable: usize,
    /// How often plaintext was found.
    pub plaintext: usize,
    /// How many findings are about recipients or scopes of SealedSecrets.
    pub others: usize,
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
        if self.plaintext > 0 {
            let (count, files) = (self.plaintext, self.files_with_plaintext);
            Some(GuardError::Found { count, files, others: self.others })
        } else if self.others > 0 {
            Some(GuardError::Recipients(self.others))
        } else if self.unreadable > 0 {
            Some(GuardError::Unreadable(self.unreadable))
        } else {
            None
        }
    }
}
