//! `head`: the commit that is checked out.

use crate::files::git::error::GitError;
use crate::files::git::read_small;
use crate::files::git::repository::Repository;
use gix_hash::ObjectId;
use std::path::PathBuf;

/// No branch name is longer.
const LONGEST_REF: u64 = 4096;

/// No list of references is larger.
const LARGEST_LIST: u64 = 1 << 30;

/// Number of references that may name one another.
const MAX_DEPTH: usize = 5;

/// The commit that HEAD names; none if nothing was committed yet.
pub(crate) fn head(repository: &Repository) -> Result<Option<ObjectId>, GitError> {
    if let Some(format) = &repository.other_references {
        return Err(GitError::Format(format.clone()));
    }
    let mut name = "HEAD".to_owned();
    for _ in 0..MAX_DEPTH {
        // HEAD belongs to one work tree, branches to all of them.
        let directory = if name == "HEAD" { &repository.git_directory } else { &repository.common_directory };
        let Some(text) = read(directory.join(&name), LONGEST_REF)? else {
            return if name == "HEAD" { Err(GitError::Head) } else { packed(repository, &name) };
        };
        let text = text.trim_end();
        match text.strip_prefix("ref:").map(str::trim_start) {
            Some(target) if target.starts_with("refs/") && !target.contains("..") => {
                target.clone_into(&mut name);
            }
            Some(_) => return Err(GitError::Head),
            None => return ObjectId::from_hex(text.as_bytes()).map(Some).map_err(|_| GitError::Head),
        }
        // The content of HEAD in a repository that stores references in another way.
        if name == "refs/heads/.invalid" {
            return Err(GitError::Format("reftable".into()));
        }
    }
    Err(GitError::Head)
}

/// The reference in `packed-refs`.
fn packed(repository: &Repository, name: &str) -> Result<Option<ObjectId>, GitError> {
    let text = read(repository.common_directory.join("packed-refs"), LARGEST_LIST)?.unwrap_or_default();
    let id = text.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' '));
    id.map(|id| ObjectId::from_hex(id.as_bytes()).map_err(|_| GitError::Head)).transpose()
}

fn read(path: PathBuf, limit: u64) -> Result<Option<String>, GitError> {
    let bytes = read_small(&path, limit).map_err(|source| GitError::Read { path, source })?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
