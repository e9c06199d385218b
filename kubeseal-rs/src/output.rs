//! [`Output`]: where the result goes, all of it or nothing.

mod private;

pub(crate) use private::{all_to_stdout as write_all_private, to_new_file as write_new_private};

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
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
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    #[error("cannot write {}", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Output {
    /// Standard output, unless there is a file.
    pub(crate) fn to(file: Option<PathBuf>) -> Self {
        file.map_or(Self::Stdout, Self::File)
    }

    /// Writes everything.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), OutputError> {
        match self {
            Self::Stdout => write_stdout(bytes).map_err(OutputError::Stdout),
            Self::File(path) => {
                write_file(path, bytes).map_err(|source| OutputError::File { path: path.clone(), source })
            }
        }
    }
}

impl Output {
    /// Writes everything, which is plaintext: nobody but the owner may read it, and no copy of it is left elsewhere.
    pub(crate) fn write_private(&self, bytes: &[u8]) -> Result<(), OutputError> {
        match self {
            Self::Stdout => private::to_stdout(bytes).map_err(OutputError::Stdout),
            Self::File(path) => private::to_file(path, bytes)
                .map_err(|source| OutputError::File { path: path.clone(), source }),
        }
    }
}

impl OutputError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Stdout(_) => None,
            Self::File { .. } => Some(
                "--sealed-secret-file needs an existing directory in which you may create files; nothing was \
                 changed"
                    .into(),
            ),
        }
    }
}

fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // Whoever was reading has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Through a temporary file beside it: a reader sees the old file or the new one, and so does one after a crash.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link is followed, so that it stays a link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        // Devices and pipes (/dev/stdout) cannot be replaced, only written to.
        return File::options().write(true).open(&target)?.write_all(bytes);
    }
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Asked for first, because the error of the temporary file would name that instead.
    fs::metadata(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sealed-");
    if let Some(permissions) = new_file_permissions() {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(directory)?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The name is durable once its directory is; not every file system can be asked.
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// What is sealed is no secret: readable as the umask has it, not by the owner alone as temporary files are.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no modes to give")]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}
