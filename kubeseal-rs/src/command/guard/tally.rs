//! [`Tally`]: what `guard` has come across so far.

use super::error::GuardError;

/// As many names as a person reads at once.
const NAMES_SHOWN: usize = 3;

/// Counts, and the lines to print.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub files: usize,
    pub files_with_findings: usize,
    pub unreadable: usize,
    /// How many findings there are.
    pub count: usize,
    /// One line each.
    pub findings: String,
    /// Files that were only searched as text, because they are templates.
    pub templates: Vec<String>,
}

impl Tally {
    /// What a person should know beside the findings. One line for all templates: a chart has many.
    pub(super) fn note(&self) -> Option<String> {
        let shown = self.templates.len().min(NAMES_SHOWN);
        let names = self.templates[..shown].join(", ");
        let more = match self.templates.len() - shown {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let does = if self.templates.len() == 1 { "does" } else { "do" };
        (shown > 0).then(|| format!("{names}{more} {does} not parse, as templates may; searched as text"))
    }

    /// The failure that the findings are.
    pub(super) fn error(&self) -> Option<GuardError> {
        if self.count > 0 {
            Some(GuardError::Found { count: self.count, files: self.files_with_findings })
        } else if self.unreadable > 0 {
            Some(GuardError::Unreadable(self.unreadable))
        } else {
            None
        }
    }
}
