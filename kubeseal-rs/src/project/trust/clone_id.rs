//! [`CloneId`]: tells a clone from every other one, so that a clone at the path of an earlier one does not get its trust.
//!
//! Decided: a random text in the folder of Git, which no commit and so no pull request can write to. The path alone is not enough: a runner
//! clones one repository after the other to the same path. Neither is the first commit, which forks share, nor the address of a remote,
//! which is often set after the first seal.

use crate::files::git::read_small;
use crate::files::git::repository::Repository;
use crate::files::user_file::{self, Existing};
use crate::project::trust::error::TrustError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "kubeseal-rs";
const NAME: &str = "clone.json";

/// A larger file is not ours.
const LARGEST: u64 = 1 << 10;

/// Where the text of a clone is; linked work trees share it.
#[derive(Debug)]
pub(crate) struct CloneId {
    directory: PathBuf,
}

impl CloneId {
    /// That of the clone at `root`; None outside of Git, as in an unpacked archive, where the path alone counts.
    pub(crate) fn at(root: &Path) -> Result<Option<Self>, TrustError> {
        let repository = Repository::at(root)
            .map_err(|error| TrustError::Read { path: root.join(".git"), source: io::Error::other(error) })?;
        Ok(repository.map(|repository| Self { directory: repository.common_directory.join(DIRECTORY) }))
    }

    /// The text; None in a clone for which nothing was accepted yet.
    pub(crate) fn read(&self) -> Result<Option<String>, TrustError> {
        let path = self.directory.join(NAME);
        match read_small(&path, LARGEST) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => {
                serde_json::from_slice(&bytes).map(Some).map_err(|_| TrustError::Damaged(path))
            }
            Err(source) => Err(TrustError::Read { path, source }),
        }
    }

    /// The text, which is made if there is none. Of two processes, the first one makes it.
    pub(crate) fn read_or_make(&self) -> Result<Option<String>, TrustError> {
        if let Some(text) = self.read()? {
            return Ok(Some(text));
        }
        let text = format!("{:032x}", rand::random::<u128>());
        match user_file::write(&self.directory, NAME, &text, Existing::Stays) {
            Err(source) if source.kind() != ErrorKind::AlreadyExists => {
                Err(TrustError::Write { path: self.directory.join(NAME), source })
            }
            _ => self.read(),
        }
    }
}
