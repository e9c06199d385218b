//! Reads Git repositories: what is tracked, and what is staged.
//!
//! Decided: reads the files of the repository itself, instead of running git, because git runs commands that a
//! repository names (`core.fsmonitor`, filters, hooks), and the repository may come from a stranger: a folder that
//! looks like a bare repository is enough. Nothing here starts a process, and of the configuration only the format of
//! the repository is read.

pub(crate) mod config;
pub(crate) mod error;
pub(crate) mod head;
pub(crate) mod index;
pub(crate) mod objects;
pub(crate) mod repository;
pub(crate) mod staged;
pub(crate) mod within;

use crate::terminal::escape::shown_path;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The content of a small file; none if there is no such file. A device, a pipe or a larger file is an error: reading it might never end.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(io::Error::other("not a regular file")),
        Ok(metadata) if metadata.len() > limit => return Err(io::Error::other("larger than expected")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Checks that no entry of a directory whose name begins with `prefix` is a pipe or a device: gix opens them without a
/// check, and would wait for a pipe for ever. A missing directory has none.
fn no_pipes(directory: &Path, prefix: &str) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes()) {
            no_pipe(&entry.path())?;
        }
    }
    Ok(())
}

/// Checks that no pipe or device is at a path, which may not exist.
fn no_pipe(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            Err(io::Error::other(format!("{} is a pipe or a device", shown_path(path))))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
