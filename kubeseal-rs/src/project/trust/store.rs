//! [`TrustStore`]: what was accepted on this machine, one file for each repository.
//!
//! Decided: in `$XDG_CONFIG_HOME/kubeseal-rs/trust`, instead of the cache, because caches are deleted, and instead of the repository,
//! because a pull request changes that. Kept for each root, because a name means different clusters in different repositories.

use crate::files::git::read_small;
use crate::files::user_file::{self, Existing, config_directory, name_of};
use crate::project::trust::error::TrustError;
use crate::project::trust::rules::digest;
use crate::project::trust::trusted::Trusted;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "trust";

/// A larger file is not ours.
const LARGEST: u64 = 16 << 20;

/// The file of a repository.
#[derive(Debug)]
pub(crate) struct TrustStore {
    directory: PathBuf,
    root: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// For users who read the file, and against files that were renamed.
    root: PathBuf,
    #[serde(flatten)]
    trusted: Trusted,
}

impl TrustStore {
    /// The store for the repository at `root`.
    pub(crate) fn of(root: &Path) -> Result<Self, TrustError> {
        let directory = config_directory(DIRECTORY).ok_or(TrustError::NoHome)?;
        Ok(Self { directory, root: root.to_owned() })
    }

    /// What was accepted; nothing if there is no file.
    pub(crate) fn read(&self) -> Result<Trusted, TrustError> {
        let path = self.directory.join(self.name());
        let bytes = read_small(&path, LARGEST)
            // A home that is no directory has no files.
            .or_else(
                |error| if error.kind() == std::io::ErrorKind::NotADirectory { Ok(None) } else { Err(error) },
            )
            .map_err(|source| TrustError::Read { path: path.clone(), source })?;
        let Some(bytes) = bytes else { return Ok(Trusted::default()) };
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| TrustError::Damaged(path.clone()))?;
        if stored.root == self.root { Ok(stored.trusted) } else { Err(TrustError::Damaged(path)) }
    }

    pub(crate) fn write(&self, trusted: &Trusted) -> Result<(), TrustError> {
        let stored = Stored { root: self.root.clone(), trusted: trusted.clone() };
        let name = self.name();
        user_file::write(&self.directory, &name, &stored, Existing::Replaced)
            .map_err(|source| TrustError::Write { path: self.directory.join(name), source })
    }

    /// A name of fixed length, whatever the path looks like.
    fn name(&self) -> String {
        let digest = digest(&[self.root.to_string_lossy().into_owned()]);
        name_of(&digest[..32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::trust::claim::Claim;
    use std::fs;

    fn store(directory: &Path, root: &str) -> TrustStore {
        TrustStore { directory: directory.join("trust"), root: root.into() }
    }

    fn trusted() -> Trusted {
        let mut trusted = Trusted::default();
        let key = "1".repeat(64).parse().unwrap();
        trusted.add(Claim::Key { cluster: "a".parse().unwrap(), key, not_after: None });
        trusted.add(Claim::Rules(vec!["r".into()]));
        trusted
    }

    #[test]
    fn each_repository_has_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (store(directory.path(), "/one"), store(directory.path(), "/other"));
        assert_eq!(one.read().unwrap(), Trusted::default());
        one.write(&trusted()).unwrap();
        assert_eq!(one.read().unwrap(), trusted());
        assert_eq!(other.read().unwrap(), Trusted::default());
        fs::rename(one.directory.join(one.name()), other.directory.join(other.name())).unwrap();
        assert!(matches!(other.read(), Err(TrustError::Damaged(_))));
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path(), "/one");
        store.write(&trusted()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.directory), mode(&store.directory.join(store.name()))), (0o700, 0o600));
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_an_empty_one() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path(), "/one");
        store.write(&trusted()).unwrap();
        for text in ["", "{", "{}", "{\"root\": \"/one\", \"clusters\": {\"A\": {}}}"] {
            fs::write(store.directory.join(store.name()), text).unwrap();
            assert!(matches!(store.read(), Err(TrustError::Damaged(_))), "{text}");
        }
    }
}
