//! [`Scratch`]: the file that holds the text while it is edited. No other user can read it, and it is wiped in any
//! case.
//!
//! Overwriting works as far as the file system allows: in memory that is all of the text, on a disk that journals or
//! copies on write it may not be. So the file is in memory if possible, and a warning is printed if not.

use crate::commands::edit::error::EditError;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Name of the file, by which editors choose syntax colours.
const NAME: &str = "secret.yaml";

/// A file in a directory of its own, in which editors also put their copies.
pub(crate) struct Scratch {
    directory: TempDir,
    path: PathBuf,
}

impl Scratch {
    /// Writes the text.
    pub(crate) fn with(text: &[u8]) -> Result<Self, EditError> {
        let base = base();
        let failed = |source| EditError::Scratch { directory: base.clone(), source };
        let directory = new_directory(&base).map_err(failed)?;
        let path = directory.path().join(NAME);
        let scratch = Self { directory, path };
        new_file(&scratch.path).and_then(|mut file| file.write_all(text)).map_err(failed)?;
        Ok(scratch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The directory may hold an editor's backups and swap files. It removes itself.
        if let Err(error) = wipe_all(self.directory.path()) {
            alert(format_args!("could not wipe {}: {error}", shown_path(self.directory.path())));
        }
    }
}

/// A directory in memory, if the system has one.
fn base() -> PathBuf {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let in_memory = [runtime, Some(PathBuf::from("/dev/shm"))];
    let found = in_memory.into_iter().flatten().find(|path| path.is_absolute() && is_writable(path));
    found.unwrap_or_else(|| {
        let base = env::temp_dir();
        alert(format_args!(
            "found no directory in memory; what you write lies in {} while you edit, and is overwritten then",
            shown_path(&base)
        ));
        base
    })
}

fn is_writable(directory: &Path) -> bool {
    new_directory(directory).is_ok()
}

fn new_directory(base: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("kubeseal-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir_in(base)
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn wipe_all(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            wipe_all(&entry.path())?;
        } else if kind.is_file() {
            wipe(&entry.path())?;
        }
    }
    Ok(())
}

fn wipe(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let zeros = [0; 4096];
    let mut left = file.metadata()?.len();
    file.seek(SeekFrom::Start(0))?;
    while left > 0 {
        let piece = left.min(4096);
        // The number is at most 4096.
        file.write_all(&zeros[..usize::try_from(piece).unwrap_or(zeros.len())])?;
        left -= piece;
    }
    file.sync_all()?;
    file.set_len(0)?;
    drop(file);
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn only_the_owner_can_read_it_and_nothing_stays() {
        use std::os::unix::fs::PermissionsExt as _;
        let scratch = Scratch::with(b"hunter2").unwrap();
        let directory = scratch.directory.path().to_owned();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&directory), mode(scratch.path())), (0o700, 0o600));
        // Files that an editor leaves: a backup, and a file held open by its old name.
        fs::hard_link(scratch.path(), directory.join("secret.yaml~")).unwrap();
        let mut held = File::open(scratch.path()).unwrap();
        drop(scratch);
        assert!(!directory.exists());
        let mut left = Vec::new();
        io::Read::read_to_end(&mut held, &mut left).unwrap();
        assert!(!left.windows(7).any(|window| window == b"hunter2"));
    }
}
