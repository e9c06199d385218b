//! [`FileUpdate`]: a file that is read, changed and written back, without losing changes that another program saves
//! meanwhile. [`replace_all`]: several files at once.
//!
//! Other `kubeseal-rs` processes block on the `lock`; a change by another program is noticed right before the file is
//! replaced.

pub(crate) mod error;
pub(crate) mod lock;

use crate::files::encoding::Encoding;
use crate::files::escapes::may_mention;
use crate::files::file_update::error::FileUpdateError;
use crate::files::file_update::lock::FileLock;
use crate::files::output::Output;
use crate::files::output::overwrite::NotPutBack;
use crate::terminal::held_signals::HeldSignals;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a process waits for the lock; its holder may be waiting for a controller.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// A file, with the content that was read.
pub(crate) struct FileUpdate {
    path: PathBuf,
    /// Set if no other `kubeseal-rs` process may change the file between reading and replacing.
    lock: Option<FileLock>,
    bytes: Vec<u8>,
    /// The content in UTF-8, if it has another encoding.
    decoded: Option<Vec<u8>>,
    encoding: Encoding,
}

/// Replaces several files: all of them, or none. The error has the index of the file that could not be replaced.
pub(crate) fn replace_all(updates: &[(FileUpdate, String)]) -> Result<(), (usize, FileUpdateError)> {
    let _until_written = HeldSignals::begin().ok();
    for (index, (update, text)) in updates.iter().enumerate() {
        let Err(error) = update.replace(text.as_bytes()) else { continue };
        let mut replaced = updates.iter().take(index);
        let is_put_back =
            replaced.all(|(update, _)| Output::File(update.path.clone()).write(&update.bytes).is_ok());
        let error = if is_put_back {
            error
        } else {
            let source = io::Error::other(NotPutBack(io::Error::other(error.to_string())));
            Output::File(update.path.clone()).failed(source).into()
        };
        return Err((index, error));
    }
    Ok(())
}

impl FileUpdate {
    pub(crate) fn read(path: &Path) -> Result<Self, FileUpdateError> {
        let bytes = fs::read(path).map_err(FileUpdateError::Read)?;
        let (encoding, decoded) = Encoding::decode(&bytes).unzip();
        let encoding = encoding.unwrap_or(Encoding::Utf8);
        Ok(Self { path: path.to_owned(), lock: None, bytes, decoded, encoding })
    }

    /// Reads the file, and locks it until it is replaced.
    pub(crate) fn locked(path: &Path) -> Result<Self, FileUpdateError> {
        let lock = FileLock::of(path, LOCK_TIMEOUT)?;
        Ok(Self { lock: Some(lock), ..Self::read(path)? })
    }

    /// Checks that the file can be replaced, before the user types its new content.
    pub(crate) fn can_be_replaced(&self) -> Result<(), FileUpdateError> {
        lock::to_change(&self.path).map(drop)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the content mentions SealedSecrets.
    pub(crate) fn mentions_sealed(&self) -> bool {
        may_mention(self.bytes(), &["SealedSecret"])
    }

    /// The content, text or not; text in UTF-8.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.decoded.as_ref().unwrap_or(&self.bytes)
    }

    pub(crate) fn text(&self) -> Result<&str, FileUpdateError> {
        std::str::from_utf8(self.bytes()).map_err(|_| FileUpdateError::NotText)
    }

    /// Replaces the file as a whole, in its encoding, unless it changed since it was read.
    pub(crate) fn replace(&self, text: &[u8]) -> Result<(), FileUpdateError> {
        let _until_replaced = match self.lock {
            Some(_) => None,
            None => Some(FileLock::of(&self.path, LOCK_TIMEOUT)?),
        };
        let now = Self::read(&self.path)?;
        if now.bytes != self.bytes {
            return Err(FileUpdateError::Changed);
        }
        Ok(Output::File(self.path.clone()).write(&self.encoding.encode(text))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_files_are_replaced_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        let read = |path: &Path| (FileUpdate::read(path).unwrap(), "new".to_owned());
        fs::write(&a, "old a").unwrap();
        fs::write(&b, "old b").unwrap();
        let updates = [read(&a), read(&b)];
        fs::write(&b, "another program's").unwrap();
        assert!(matches!(replace_all(&updates), Err((1, FileUpdateError::Changed))));
        assert_eq!(fs::read_to_string(&a).unwrap(), "old a");
        assert_eq!(fs::read_to_string(&b).unwrap(), "another program's");

        assert!(replace_all(&[read(&a), read(&b)]).is_ok());
        assert_eq!(fs::read_to_string(&a).unwrap(), "new");
        assert_eq!(fs::read_to_string(&b).unwrap(), "new");
    }
}
