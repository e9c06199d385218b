//! [`Index`]: the files that a repository tracks.

use crate::files::git::error::GitError;
use crate::files::git::no_pipes;
use crate::files::git::repository::Repository;
use gix_index::decode::Options;
use gix_index::entry::Mode;
use gix_index::{File, State};
use std::path::Path;
use std::{fs, io};

/// Upper limit of memory for one part of an index.
const LARGEST_ALLOCATION: usize = 4 << 30;

/// The index of a repository.
pub(crate) struct Index(pub(crate) State);

impl Index {
    /// Reads the index. A repository in which nothing was added has none.
    pub(crate) fn read(repository: &Repository) -> Result<Self, GitError> {
        let path = repository.index.as_path();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(failed(path, io::Error::other("not a regular file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self(State::new(repository.object_hash)));
            }
            Err(error) => return Err(failed(path, error)),
        }
        // The shared part of a split index is a file beside it.
        no_pipes(path.parent().unwrap_or(path), "sharedindex.").map_err(|error| failed(path, error))?;
        let options = Options {
            thread_limit: Some(1),
            alloc_limit_bytes: Some(LARGEST_ALLOCATION),
            ..Options::default()
        };
        let file =
            File::at(path, repository.object_hash, false, options).map_err(|error| failed(path, error))?;
        Ok(Self(file.into_parts().0))
    }

    /// Whether it has the file, or a file below the directory, with this name from the top of the work tree.
    pub(crate) fn tracks(&self, name: &[u8], is_directory: bool) -> bool {
        let index = &self.0;
        if index.entry_index_by_path(name.into()).is_ok() {
            return true;
        }
        if is_directory && index.prefixed_entries(below(name).as_slice().into()).is_some() {
            return true;
        }
        // A sparse index has directories in place of the files below them.
        index.is_sparse()
            && name.iter().enumerate().any(|(at, byte)| {
                let found = (*byte == b'/').then(|| index.entry_index_by_path(name[..=at].into()));
                matches!(found, Some(Ok(found)) if index.entry(found).mode == Mode::DIR)
            })
    }
}

/// The common prefix of all files below a directory.
fn below(directory: &[u8]) -> Vec<u8> {
    if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() }
}

fn failed(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> GitError {
    GitError::Index { path: path.to_owned(), source: source.into() }
}
