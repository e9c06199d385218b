//! `overwrite`: writes over what is there, where it cannot be replaced by another file.
//!
//! That is so for devices and pipes; for a file that is a mount of its own, as `docker run -v FILE:FILE` makes them; and
//! for one in a directory in which no file may be created. What is lost then: a reader meanwhile, or after a
//! crash, may find half of it. What fails halfway is put back.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, Write as _};
use std::path::Path;

/// Neither the new text nor the old one is there.
#[derive(Debug, thiserror::Error)]
#[error("it could only be written in place, and is cut short now")]
pub(crate) struct CutShort(#[source] io::Error);

/// Whether what failed so with a file beside may be done without one.
pub(crate) fn is_called_for(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(kind, CrossesDevices | PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

/// Writes all of it, which is at hand by now.
pub(crate) fn overwrite(path: &Path, mut content: impl Read) -> io::Result<()> {
    let mut there = File::options().write(true).open(path)?;
    if !there.metadata()?.is_file() {
        return io::copy(&mut content, &mut there).map(drop);
    }
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
