//! `overwrite`: writes into the existing file, if it cannot be replaced by another one.
//!
//! That is so for devices and pipes; for a file that is a mount of its own, as `docker run -v FILE:FILE` makes them;
//! and for one in a directory in which no file may be created. The disadvantage: a reader at that moment, or after a
//! crash, may find half of it. A failed write restores the old content.

use crate::terminal::held_signals::HeldSignals;
use std::fs::{self, File};
use std::io::{self, Read, Seek as _, Write as _};
use std::path::Path;

/// The file holds neither the new text nor the old one.
#[derive(Debug, thiserror::Error)]
#[error("it could only be written in place, and is cut short now")]
pub(crate) struct CutShort(#[source] io::Error);

/// Of several files, some are new and some are old.
#[derive(Debug, thiserror::Error)]
#[error("the files that were written before it could not be put back")]
pub(crate) struct NotPutBack(#[source] pub io::Error);

/// Whether an error of creating a file beside it allows writing into the file.
pub(crate) fn is_called_for(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(kind, CrossesDevices | PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

/// Writes the whole content, which is complete by now.
pub(crate) fn overwrite(path: &Path, mut content: impl Read) -> io::Result<()> {
    let mut there = File::options().write(true).open(path)?;
    if !there.metadata()?.is_file() {
        return io::copy(&mut content, &mut there).map(drop);
    }
    let _until_written = HeldSignals::begin().ok();
    let before = fs::read(path);
    write(&mut there, content).map_err(|error| match before {
        Ok(before) if write(&mut there, before.as_slice()).is_ok() => error,
        _ => io::Error::new(error.kind(), CutShort(error)),
    })
}

fn write(file: &mut File, mut content: impl Read) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    io::copy(&mut content, file)?;
    file.flush()?;
    file.sync_all()
}
