//! [`Replacement`]: a file beside another, in the place of which it is put once it is whole.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A reader sees the old file or the new one, and so does one after a crash.
#[derive(Debug)]
pub(super) struct Replacement {
    file: NamedTempFile,
    target: PathBuf,
}

impl Replacement {
    /// Begins one for `path`; none where that is a device or pipe (`/dev/stdout`), which can only be written to.
    pub(super) fn of(path: &Path) -> io::Result<Option<Self>> {
        // A link is followed, so that it stays a link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let existing = fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
            return Ok(None);
        }
        let directory = directory(&target);
        // Asked for first, because the error of the temporary file would name that instead.
        fs::metadata(directory)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".sealed-");
        if let Some(permissions) = new_file_permissions() {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(directory)?;
        if let Some(existing) = existing {
            file.as_file().set_permissions(existing.permissions())?;
        }
        Ok(Some(Self { file, target }))
    }

    /// Puts it into its place.
    pub(super) fn commit(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.target).map_err(|error| error.error)?;
        // The name is durable once its directory is; not every file system can be asked.
        if let Ok(directory) = File::open(directory(&self.target)) {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
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
