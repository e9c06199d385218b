//! [`FileUpdate`]: a file that is read, changed and written back, without losing what another program saves meanwhile.
//!
//! Other `kubeseal-rs` processes block on the `lock`; what another program saves is noticed right before it would be lost.

pub(crate) mod error;
pub(crate) mod lock;

use crate::files::encoding::Encoding;
use crate::files::file_update::error::FileUpdateError;
use crate::files::file_update::lock::FileLock;
use crate::files::output::Output;
use memchr::memmem;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// So long one waits for another, who may be waiting for a controller.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file, as it was read.
pub(crate) struct FileUpdate {
    path: PathBuf,
    /// Where none of us may change it between reading and replacing.
    lock: Option<FileLock>,
    bytes: Vec<u8>,
    /// The same in UTF-8, where it is not.
    decoded: Option<Vec<u8>>,
    encoding: Encoding,
}

impl FileUpdate {
    pub(crate) fn read(path: &Path) -> Result<Self, FileUpdateError> {
        let bytes = fs::read(path).map_err(FileUpdateError::Read)?;
        let (encoding, decoded) = Encoding::decode(&bytes).unzip();
        let encoding = encoding.unwrap_or(Encoding::Utf8);
        Ok(Self { path: path.to_owned(), lock: None, bytes, decoded, encoding })
    }

    /// Reads it, and lets none of us change it until it is replaced.
    pub(crate) fn locked(path: &Path) -> Result<Self, FileUpdateError> {
        let lock = FileLock::of(path, PATIENCE)?;
        Ok(Self { lock: Some(lock), ..Self::read(path)? })
    }

    /// Whether it will be possible to replace it, before anybody types what is to be in it.
    pub(crate) fn can_be_replaced(&self) -> Result<(), FileUpdateError> {
        lock::to_change(&self.path).map(drop)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is worth reading as text.
    pub(crate) fn mentions_sealed(&self) -> bool {
        memmem::find(self.bytes(), b"SealedSecret").is_some()
    }

    /// What was read, text or not; text in UTF-8.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.decoded.as_ref().unwrap_or(&self.bytes)
    }

    pub(crate) fn text(&self) -> Result<&str, FileUpdateError> {
        std::str::from_utf8(self.bytes()).map_err(|_| FileUpdateError::NotText)
    }

    /// Replaces it as a whole, in the encoding that it had, unless it is no longer what was read: an editor takes its time.
    pub(crate) fn replace(&self, text: &[u8]) -> Result<(), FileUpdateError> {
        let _until_replaced = match self.lock {
            Some(_) => None,
            None => Some(FileLock::of(&self.path, PATIENCE)?),
        };
        let now = Self::read(&self.path)?;
        if now.bytes != self.bytes {
            return Err(FileUpdateError::Changed);
        }
        Ok(Output::File(self.path.clone()).write(&self.encoding.encode(text))?)
    }
}
