//! [`Output`]: where the result is written, all of it or nothing.

pub(crate) mod overwrite;
pub(crate) mod private;
pub(crate) mod progress_lines;
pub(crate) mod replacement;
pub(crate) mod several;
pub(crate) mod whole;

use crate::error::{Hint, Kind};
use crate::files::output::overwrite::{CutShort, NotPutBack, overwrite};
use crate::files::output::replacement::Replacement;
use crate::terminal::escape::{shown_path, shown_text};
use crate::terminal::warnings::done;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output.
    Stdout,
    /// A file, replaced as a whole.
    File(PathBuf),
}

/// The result could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// The reader closed the pipe early; for a program that needs the whole output, a part of it is no success.
    #[error("the reader of standard output went away")]
    Reader,
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    #[error("cannot write {}", shown_path(.path))]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Hint for OutputError {
    fn hint(&self) -> Option<String> {
        const WRITABLE: &str = "--sealed-secret-file needs a file that you may write to, or an existing directory in \
                                which you may create one; nothing was changed";
        match self {
            Self::Reader | Self::Stdout(_) => None,
            Self::File { .. } => Some(self.hint_of_a_loss().unwrap_or_else(|| WRITABLE.into())),
        }
    }

    fn kind(&self) -> Kind {
        if matches!(self, Self::Reader) { Kind::BrokenPipe } else { Kind::Failed }
    }
}

impl Output {
    /// The file, or standard output without one.
    pub(crate) fn to(file: Option<PathBuf>) -> Self {
        file.map_or(Self::Stdout, Self::File)
    }

    /// Writes everything.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), OutputError> {
        self.put(bytes).map_err(|error| self.failed(error))
    }

    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => write_stdout(|stdout| stdout.write_all(bytes)),
            Self::File(path) => write_file(path, bytes),
        }
    }

    /// The error that the output could not be written.
    pub(crate) fn failed(&self, source: io::Error) -> OutputError {
        match self {
            Self::Stdout if source.kind() == io::ErrorKind::BrokenPipe => OutputError::Reader,
            Self::Stdout => OutputError::Stdout(source),
            Self::File(path) => OutputError::File { path: path.clone(), source },
        }
    }
}

impl Output {
    /// Tells a user at a terminal what was written to a file; false if nothing was shown.
    pub(crate) fn wrote(&self, what: impl Display) -> bool {
        match self {
            // Not of a device such as /dev/stdout.
            Self::File(path) if path.is_file() => done(format_args!("wrote {}: {what}", shown_path(path))),
            Self::File(_) | Self::Stdout => false,
        }
    }

    /// Writes plaintext: only the owner may read it, and no copy is left elsewhere.
    pub(crate) fn write_private(&self, bytes: &[u8]) -> Result<(), OutputError> {
        match self {
            Self::Stdout => self.put(bytes),
            Self::File(path) => private::to_file(path, bytes),
        }
        .map_err(|error| self.failed(error))
    }
}

impl OutputError {
    /// The hint if the old file is lost.
    pub(crate) fn hint_of_a_loss(&self) -> Option<String> {
        let Self::File { source, .. } = self else { return None };
        let cause = source.get_ref()?;
        if !cause.is::<CutShort>() && !cause.is::<NotPutBack>() {
            return None;
        }
        Some("make room, take the old file from version control, and run it again".into())
    }
}

/// Prints text for people to standard output, with control characters escaped.
pub(crate) fn print_text(text: &str) -> Result<(), OutputError> {
    Output::Stdout.write(shown_text(text).as_bytes())
}

/// Writes to standard output past the standard library's handle, for which a descriptor that cannot be written to is no error.
pub(crate) fn write_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut stdout = stdout()?;
    write(&mut stdout).and_then(|()| stdout.flush())
}

#[cfg(unix)]
fn stdout() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
fn stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Replaces a file as a whole, if it can be replaced.
pub(crate) fn write_file(path: &Path, mut content: impl Read) -> io::Result<()> {
    match Replacement::of(path)? {
        None => overwrite(path, content),
        Some(mut replacement) => {
            io::copy(&mut content, &mut replacement)?;
            replacement.commit()
        }
    }
}
