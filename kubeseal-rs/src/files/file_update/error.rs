//! [`FileUpdateError`]: why a file was not read, or not replaced.

use crate::error::Hint;
use crate::files::output::OutputError;
use std::error::Error;
use std::io;
use std::time::Duration;

/// Why a file was not read, or not replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileUpdateError {
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    #[error("it is not text, in UTF-8 or UTF-16")]
    NotText,
    #[error("it is not a regular file")]
    NoFile,
    #[error("it may not be written to")]
    ReadOnly(#[source] io::Error),
    #[error("another process has been changing it for {} seconds", .0.as_secs())]
    Busy(Duration),
    #[error("another program changed it meanwhile")]
    Changed,
    #[error(transparent)]
    Write(#[from] OutputError),
}

impl Hint for FileUpdateError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read(_) => "name a file that exists and may be read".into(),
            Self::NotText => "write it as UTF-8".into(),
            Self::NoFile => "name a regular file".into(),
            Self::ReadOnly(_) => "make it writable (chmod u+w); nothing was changed".into(),
            Self::Busy(_) => "run it again once that one is done; nothing was changed".into(),
            Self::Changed => "run it again; nothing was changed".into(),
            Self::Write(error) => error.hint_of_a_loss().unwrap_or_else(|| {
                "make the file, and the directory it is in, writable; nothing was changed".into()
            }),
        })
    }
}

impl FileUpdateError {
    /// The cause, for callers that have their own message about the file.
    pub(crate) fn cause(self) -> Box<dyn Error + Send + Sync> {
        match self {
            Self::Read(source) => Box::new(source),
            other => Box::new(other),
        }
    }
}
