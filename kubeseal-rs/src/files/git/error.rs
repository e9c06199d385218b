//! [`GitError`]: a repository that cannot be read.

use crate::terminal::escape::shown_path;
use std::error::Error;
use std::io;
use std::path::PathBuf;

/// Why a repository cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("not a git repository (or any of the parent directories): .git")]
    NotARepository,
    #[error("{} is not a git repository", shown_path(.0))]
    NotAGitDirectory(PathBuf),
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} names no repository", shown_path(.0))]
    GitFile(PathBuf),
    #[error("repositories with {0} are not supported")]
    Format(String),
    #[error("cannot read the index {}", shown_path(.path))]
    Index {
        path: PathBuf,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("HEAD does not name a commit")]
    Head,
    #[error("cannot read the object {id}")]
    Object {
        id: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
