//! `each_file`: the files of a work tree that Git tracks or would not ignore.

use super::error::GuardError;
use crate::command::walk::{IgnoreFiles, walk};
use crate::input::read_all;
use crate::notice::warn;
use crate::shown::shown_path;
use std::fs::{self, File};
use std::path::Path;

/// Larger files are no manifests, nor keys.
const LARGEST: u64 = 64 << 20;

/// Shows each file at or below `path` to `look`, and whether it was named itself; gives the number of those that cannot be read, warned of each.
///
/// A file that is named itself is looked into, ignored or not.
pub(super) fn each_file(path: &Path, look: &mut impl FnMut(&Path, &[u8], bool)) -> Result<usize, GuardError> {
    let mut unreadable = 0;
    // Asked for first, because the walk says it in words that repeat the path.
    fs::symlink_metadata(path).map_err(|source| GuardError::NotFound { path: path.to_owned(), source })?;
    for entry in walk(path, IgnoreFiles::All) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == Some(0) || error.depth().is_none() => {
                return Err(GuardError::Path { path: path.to_owned(), source: error });
            }
            Err(error) => {
                warn(format_args!("cannot look into {error}"));
                unreadable += 1;
                continue;
            }
        };
        // What a link in the tree points to is looked into where it is.
        let is_named = entry.depth() == 0;
        if !is_named && !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let shown = entry.path().strip_prefix("./").unwrap_or(entry.path());
        let read = File::open(entry.path()).and_then(|file| {
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Ok(None);
            }
            if metadata.len() > LARGEST {
                warn(format_args!("{} is larger than 64 MiB, and was not looked into", shown_path(shown)));
                return Ok(None);
            }
            read_all(file).map(Some)
        });
        match read {
            Ok(Some(bytes)) => look(shown, &bytes, is_named),
            Ok(None) => {}
            Err(error) => {
                warn(format_args!("cannot look into {}: {error}", shown_path(shown)));
                unreadable += 1;
            }
        }
    }
    Ok(unreadable)
}
