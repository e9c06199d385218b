//! [`CloneId`]: tells a clone from every other one, so that a clone at the path of an earlier one does not get its trust.
//!
//! Decided: a random text in the folder of Git, which no commit and so no pull request can write to. The path alone is not enough: a runner
//! clones one repository after the other to the same path. Neither is the first commit, which forks share, nor the address of a remote,
//! which is often set after the first seal.
//!
//! Decided: every user may read the text, because one run as root would otherwise keep all others from accepting anything. It is no
//! secret: what counts is that no commit writes it.

use crate::files::git::read_small;
use crate::files::git::repository::Repository;
use crate::files::user_file::{self, Existing, Readers};
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
            Err(source) => Err(TrustError::Clone { path, source }),
        }
    }

    /// The text, which is made if there is none. Of two processes, the first one makes it.
    pub(crate) fn read_or_make(&self) -> Result<Option<String>, TrustError> {
        if let Some(text) = self.read()? {
            return Ok(Some(text));
        }
        let text = format!("{:032x}", rand::random::<u128>());
        match user_file::write_for(Readers::Everyone, &self.directory, NAME, &text, Existing::Stays) {
            Err(source) if source.kind() != ErrorKind::AlreadyExists => {
                Err(TrustError::Write { path: self.directory.join(NAME), source })
            }
            _ => self.read(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::Hint as _;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn every_user_reads_the_text() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join(".git/objects")).unwrap();
        fs::write(root.join(".git/HEAD"), "").unwrap();
        let id = CloneId::at(root).unwrap().unwrap();
        assert!(id.read_or_make().unwrap().is_some());
        let text = id.directory.join(NAME);
        // As far as the umask of this process lets them.
        let (sample, file) = (root.join("sample"), root.join("sample/file"));
        fs::create_dir(&sample).unwrap();
        fs::write(&file, "").unwrap();
        let others = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o007;
        assert_eq!((others(&id.directory), others(&text)), (others(&sample), others(&file)));

        fs::remove_file(&text).unwrap();
        fs::create_dir(&text).unwrap();
        let hint = id.read().unwrap_err().hint().unwrap();
        assert!(hint.contains(&format!("chmod -R a+rX {}", id.directory.display())), "{hint}");
    }
}
