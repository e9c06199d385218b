//! [`TrustStore`]: what was accepted on this machine, one file for each path of a repository.
//!
//! Decided: in `$XDG_CONFIG_HOME/kubeseal-rs/trust`, instead of the cache, because caches are deleted, and instead of the repository,
//! because a pull request changes that. Kept for each root, because a name means different clusters in different repositories, and for
//! one clone (`clone_id`). A clone that is moved, or made anew, asks again.

use crate::files::file_update::LOCK_TIMEOUT;
use crate::files::file_update::lock::FileLock;
use crate::files::git::read_small;
use crate::files::user_file::{self, Existing, config_directory, name_of};
use crate::project::cluster_name::ClusterName;
use crate::project::trust::claim::Claim;
use crate::project::trust::clone_id::CloneId;
use crate::project::trust::error::TrustError;
use crate::project::trust::rules::digest;
use crate::project::trust::trusted::Trusted;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "trust";

/// Held while a file of the directory is changed.
const LOCK: &str = "lock";

/// A larger file is not ours.
const LARGEST: u64 = 16 << 20;

/// The file of a repository.
#[derive(Debug)]
pub(crate) struct TrustStore {
    directory: PathBuf,
    root: PathBuf,
    /// None outside of Git.
    clone_id: Option<CloneId>,
}

/// What was accepted at the path of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// For this clone.
    pub trusted: Trusted,
    /// For the last one, if that was another. It counts for nothing, and is shown.
    pub former: Option<Trusted>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// For users who read the file, and against files that were renamed.
    root: PathBuf,
    /// None outside of Git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clone: Option<String>,
    #[serde(flatten)]
    trusted: Trusted,
}

impl TrustStore {
    /// The store for the repository at `root`.
    pub(crate) fn of(root: &Path) -> Result<Self, TrustError> {
        let directory = config_directory(DIRECTORY).ok_or(TrustError::NoHome)?;
        Ok(Self { directory, root: root.to_owned(), clone_id: CloneId::at(root)? })
    }

    /// What was accepted; nothing if there is no file.
    pub(crate) fn read(&self) -> Result<Accepted, TrustError> {
        let path = self.path();
        let bytes = read_small(&path, LARGEST)
            // A home that is no directory has no files.
            .or_else(
                |error| if error.kind() == std::io::ErrorKind::NotADirectory { Ok(None) } else { Err(error) },
            )
            .map_err(|source| TrustError::Read { path: path.clone(), source })?;
        let Some(bytes) = bytes else { return Ok(Accepted::default()) };
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| TrustError::Damaged(path.clone()))?;
        if stored.root != self.root {
            return Err(TrustError::Damaged(path));
        }
        let is_this_clone = match &self.clone_id {
            None => stored.clone.is_none(),
            // Without a text, nothing was accepted in this clone.
            Some(id) => stored.clone.is_some() && stored.clone == id.read()?,
        };
        Ok(if is_this_clone {
            Accepted { trusted: stored.trusted, former: None }
        } else {
            Accepted { trusted: Trusted::default(), former: Some(stored.trusted) }
        })
    }

    /// Adds claims to what is accepted by now, perhaps by another process, and returns all of it.
    pub(crate) fn add(&self, claims: Vec<Claim>) -> Result<Trusted, TrustError> {
        self.change(|trusted| claims.into_iter().for_each(|claim| trusted.add(claim)))
    }

    /// Forgets what is accepted for a cluster, and returns the rest.
    pub(crate) fn forget(&self, cluster: &ClusterName) -> Result<Trusted, TrustError> {
        self.change(|trusted| drop(trusted.clusters.remove(cluster)))
    }

    fn change(&self, change: impl FnOnce(&mut Trusted)) -> Result<Trusted, TrustError> {
        let failed = |source| TrustError::Write { path: self.path(), source };
        user_file::create(&self.directory).map_err(failed)?;
        let lock = self.directory.join(LOCK);
        let _lock = FileLock::of_lock_file(&lock, LOCK_TIMEOUT)
            .map_err(|source| TrustError::Lock { path: lock.clone(), source })?;
        let mut trusted = self.read()?.trusted;
        change(&mut trusted);
        let clone = self.clone_id.as_ref().map(CloneId::read_or_make).transpose()?.flatten();
        let stored = Stored { root: self.root.clone(), clone, trusted };
        user_file::write(&self.directory, &self.name(), &stored, Existing::Replaced).map_err(failed)?;
        Ok(stored.trusted)
    }

    fn path(&self) -> PathBuf {
        self.directory.join(self.name())
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
    use std::fs;

    fn store(directory: &Path, root: &str) -> TrustStore {
        TrustStore { directory: directory.join("trust"), root: root.into(), clone_id: None }
    }

    fn key(cluster: &str) -> Claim {
        let key = "1".repeat(64).parse().unwrap();
        Claim::Key { cluster: cluster.parse().unwrap(), key, not_after: None }
    }

    fn claims() -> Vec<Claim> {
        vec![key("a"), Claim::Rules(vec!["r".into()])]
    }

    fn accepted(claims: Vec<Claim>) -> Accepted {
        let mut trusted = Trusted::default();
        for claim in claims {
            trusted.add(claim);
        }
        Accepted { trusted, former: None }
    }

    #[test]
    fn each_repository_has_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (store(directory.path(), "/one"), store(directory.path(), "/other"));
        assert_eq!(one.read().unwrap(), Accepted::default());
        assert_eq!(one.add(claims()).unwrap(), accepted(claims()).trusted);
        assert_eq!(one.read().unwrap(), accepted(claims()));
        assert_eq!(other.read().unwrap(), Accepted::default());
        fs::rename(one.directory.join(one.name()), other.directory.join(other.name())).unwrap();
        assert!(matches!(other.read(), Err(TrustError::Damaged(_))));
    }

    #[test]
    fn what_several_add_at_once_is_all_there() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let store = store(directory.path(), "/one");
                scope.spawn(move || {
                    for number in 0..10 {
                        store.add(vec![key(&format!("c{thread}-{number}"))]).unwrap();
                    }
                });
            }
        });
        let store = store(directory.path(), "/one");
        assert_eq!(store.read().unwrap().trusted.clusters.len(), 40);
    }

    #[test]
    fn another_clone_at_the_path_is_not_trusted() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("repo");
        let store =
            || TrustStore { clone_id: CloneId::at(&root).unwrap(), ..store(directory.path(), "/repo") };
        let clone = || {
            let _ = fs::remove_dir_all(root.join(".git"));
            fs::create_dir_all(root.join(".git/objects")).unwrap();
            fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        };
        let untrusted = Accepted { trusted: Trusted::default(), former: Some(accepted(claims()).trusted) };
        // An unpacked archive has no clone; a clone in its place is another thing.
        fs::create_dir(&root).unwrap();
        store().add(claims()).unwrap();
        assert_eq!(store().read().unwrap(), accepted(claims()));
        clone();
        assert_eq!(store().read().unwrap(), untrusted);
        assert_eq!(store().add(claims()).unwrap(), accepted(claims()).trusted);
        assert_eq!(store().read().unwrap(), accepted(claims()));
        clone();
        assert_eq!(store().read().unwrap(), untrusted);
        // Nothing of the earlier clone is kept.
        store().add(vec![key("b")]).unwrap();
        assert_eq!(store().read().unwrap(), accepted(vec![key("b")]));
        fs::remove_dir_all(root.join(".git")).unwrap();
        assert_eq!(store().read().unwrap().trusted, Trusted::default());
    }

    #[test]
    fn a_text_of_a_clone_that_is_damaged_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("repo");
        fs::create_dir_all(root.join(".git/objects")).unwrap();
        fs::write(root.join(".git/HEAD"), "").unwrap();
        let store = TrustStore { clone_id: CloneId::at(&root).unwrap(), ..store(directory.path(), "/repo") };
        store.add(claims()).unwrap();
        fs::write(root.join(".git/kubeseal-rs/clone.json"), "").unwrap();
        assert!(matches!(store.read(), Err(TrustError::Damaged(_))));
        assert!(matches!(store.add(claims()), Err(TrustError::Damaged(_))));
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path(), "/one");
        store.add(claims()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.directory), mode(&store.directory.join(store.name()))), (0o700, 0o600));
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_an_empty_one() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path(), "/one");
        store.add(claims()).unwrap();
        for text in ["", "{", "{}", "{\"root\": \"/one\", \"clusters\": {\"A\": {}}}"] {
            fs::write(store.directory.join(store.name()), text).unwrap();
            assert!(matches!(store.read(), Err(TrustError::Damaged(_))), "{text}");
        }
    }
}
