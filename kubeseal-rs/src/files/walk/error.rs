//! [`WalkError`]: a part of a tree that could not be walked through.

use crate::files::git::error::GitError;
use crate::terminal::escape::shown_path;
use std::io;
use std::path::{Path, PathBuf};

/// Why files may be missing in the result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WalkError {
    #[error("cannot read {}", shown_path(.path))]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot tell which of the ignored files git tracks in {}", shown_path(.path))]
    Tracked {
        path: PathBuf,
        #[source]
        source: GitError,
    },
}

impl WalkError {
    pub(crate) fn directory(path: &Path, source: io::Error) -> Self {
        Self::Directory { path: path.to_owned(), source }
    }
}
