//! [`Replacement`]: a temporary file beside another, which it replaces once it is complete.

use crate::files::output::overwrite::{is_called_for, overwrite};
use crate::terminal::escape::shown_path;
use crate::terminal::held_signals::HeldSignals;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile, PersistError};

/// A reader sees the old file or the new one, also after a crash. It lives only as long as writing takes: signals are held meanwhile.
#[derive(Debug)]
pub(crate) struct Replacement {
    file: NamedTempFile,
    target: PathBuf,
    /// Whether the file exists.
    is_there: bool,
    /// A signal neither leaves the temporary file behind nor ends the program between two files.
    #[expect(dead_code, reason = "held, not used")]
    signals: Option<HeldSignals>,
}

impl Replacement {
    /// Begins a replacement of `path`; none if the path can only be written to, such as a device or pipe
    /// (`/dev/stdout`).
    pub(crate) fn of(path: &Path) -> io::Result<Option<Self>> {
        // A link is followed, so that it stays a link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let existing = fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
            return Ok(None);
        }
        if existing.is_some() {
            // Write permission on the directory would allow replacing a file that the user may not write to.
            File::options().write(true).open(&target)?;
        }
        let mut builder = Builder::new();
        if let Some(permissions) = new_file_permissions() {
            builder.permissions(permissions);
        }
        // Best effort: without it, files are written all the same.
        let signals = HeldSignals::begin().ok();
        let file = match beside(&target, &mut builder) {
            Err(error) if existing.is_some() && is_called_for(error.kind()) => return Ok(None),
            file => file?,
        };
        if let Some(existing) = &existing {
            file.as_file().set_permissions(existing.permissions())?;
            keep_owner(file.as_file(), existing);
        }
        Ok(Some(Self { file, target, is_there: existing.is_some(), signals }))
    }

    /// Replaces the file.
    pub(crate) fn commit(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        match self.file.persist(&self.target) {
            Err(PersistError { error, file }) if self.is_there && is_called_for(error.kind()) => {
                let mut whole = file.as_file();
                whole.rewind()?;
                return overwrite(&self.target, whole);
            }
            put => put.map_err(|error| error.error)?,
        };
        sync_directory(&self.target);
        Ok(())
    }
}

// To the file itself: the wrapper's errors name the temporary file, which the user does not know.
impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file().flush()
    }
}

/// A temporary file with a random name, in the directory of `target`, which errors name.
pub(crate) fn beside(target: &Path, builder: &mut Builder<'_, '_>) -> io::Result<NamedTempFile> {
    let directory = directory(target);
    fs::metadata(directory)?;
    builder.prefix(".sealed-").tempfile_in(directory).map_err(|error| {
        let kind = error.kind();
        io::Error::new(kind, format!("no file can be created in {}: {kind}", shown_path(directory)))
    })
}

/// Keeps owner and group. Only root may change the owner; other users can still keep a group of their own.
#[cfg(unix)]
fn keep_owner(file: &File, existing: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if fchown(file, Some(existing.uid()), Some(existing.gid())).is_err() {
        let _ = fchown(file, None, Some(existing.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Makes the name of a file durable, as far as the file system can be asked.
pub(crate) fn sync_directory(target: &Path) {
    if let Ok(directory) = File::open(directory(target)) {
        let _ = directory.sync_all();
    }
}

pub(crate) fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The permissions of a new file: by the umask, because sealed values are no secret. Temporary files are readable by
/// the owner only.
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
