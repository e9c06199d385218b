//! [`Guard`]: what `guard` means.

use crate::cli::verb::guard::GuardFlags;
use std::path::PathBuf;

/// Where to look for plaintext.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// In what is staged; below these paths, if there are any.
    Staged(Vec<PathBuf>),
    /// In these files and directories.
    Paths(Vec<PathBuf>),
}

impl Guard {
    /// Works out what was meant.
    pub(crate) fn meant_by(flags: GuardFlags) -> Self {
        let mut paths = flags.paths;
        if flags.staged == Some(true) {
            return Self::Staged(paths);
        }
        if paths.is_empty() {
            paths.push(".".into());
        }
        Self::Paths(paths)
    }
}
