//! [`FileLock`]: while one `kubeseal-rs` process changes a file, others wait.
//!
//! Decided: an advisory lock (flock) on the file itself, instead of on one beside it, which would be left in the
//! repository, or on the directory, which would make changes of other files wait. A file is replaced by another, so a
//! process that has waited checks whether the path still leads to the locked file. Editors ignore the lock.
//!
//! Files that this program keeps for the user may not exist yet: they have a lock file beside them.

use crate::files::file_update::error::FileUpdateError;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Delay between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// A lock on a file, released on drop.
pub(crate) struct FileLock(#[expect(dead_code, reason = "held, not used")] Option<File>);

impl FileLock {
    /// Locks the file, and waits no longer than `timeout`.
    pub(crate) fn of(path: &Path, timeout: Duration) -> Result<Self, FileUpdateError> {
        // On other systems the lock keeps even this process from reading the file.
        if cfg!(not(unix)) {
            return to_change(path).map(|_| Self(None));
        }
        Self::when_free(path, timeout, to_change)
    }

    /// Locks a file that holds nothing, and creates it if it does not exist. Waits no longer than `timeout`.
    pub(crate) fn of_lock_file(path: &Path, timeout: Duration) -> Result<Self, FileUpdateError> {
        Self::when_free(path, timeout, |path| {
            let mut options = File::options();
            options.write(true).create(true).truncate(false).open(path).map_err(FileUpdateError::ReadOnly)
        })
    }

    fn when_free(
        path: &Path,
        timeout: Duration,
        open: impl Fn(&Path) -> Result<File, FileUpdateError>,
    ) -> Result<Self, FileUpdateError> {
        let end = Instant::now() + timeout;
        loop {
            let file = open(path)?;
            match file.try_lock() {
                // A file system without locks is no reason to fail.
                Ok(()) | Err(TryLockError::Error(_))
                    if is_at(&file, path).map_err(FileUpdateError::Read)? =>
                {
                    return Ok(Self(Some(file)));
                }
                _ if Instant::now() >= end => return Err(FileUpdateError::Busy(timeout)),
                _ => sleep(PAUSE),
            }
        }
    }
}

/// Opens a file for writing.
pub(crate) fn to_change(path: &Path) -> Result<File, FileUpdateError> {
    if !fs::metadata(path).map_err(FileUpdateError::Read)?.is_file() {
        return Err(FileUpdateError::NoFile);
    }
    File::options().read(true).write(true).open(path).map_err(FileUpdateError::ReadOnly)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (locked, present) = (file.metadata()?, fs::metadata(path)?);
    Ok((locked.dev(), locked.ino()) == (present.dev(), present.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn one_holds_it_and_another_waits_no_longer_than_it_may() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let first = FileLock::of(file.path(), SHORT).unwrap();
        assert!(matches!(FileLock::of(file.path(), SHORT), Err(FileUpdateError::Busy(SHORT))));
        drop(first);
        assert!(FileLock::of(file.path(), SHORT).is_ok());
    }

    #[test]
    fn a_lock_file_is_created_and_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let first = FileLock::of_lock_file(&path, SHORT).unwrap();
        assert!(matches!(FileLock::of_lock_file(&path, SHORT), Err(FileUpdateError::Busy(SHORT))));
        drop(first);
        assert!(FileLock::of_lock_file(&path, SHORT).is_ok());
    }

    #[test]
    fn who_waited_locks_what_is_there_by_then() {
        let directory = tempfile::tempdir().unwrap();
        let [path, new] = ["file", "new"].map(|name| directory.path().join(name));
        fs::write(&path, "old").unwrap();
        fs::write(&new, "new").unwrap();
        let first = FileLock::of(&path, SHORT).unwrap();
        let second = std::thread::spawn({
            let path = path.clone();
            move || FileLock::of(&path, Duration::from_mins(1)).unwrap()
        });
        sleep(SHORT);
        fs::rename(new, &path).unwrap();
        drop(first);
        let _second = second.join().unwrap();
        assert!(matches!(FileLock::of(&path, SHORT), Err(FileUpdateError::Busy(_))));
    }
}
