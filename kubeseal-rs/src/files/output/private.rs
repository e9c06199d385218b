//! Writes plaintext to files that only their owner may read.
//!
//! Decided: written in place, instead of through a temporary file, which a crash would leave behind with the
//! plaintext in it. A lost result can be opened again.

use crate::files::output::replacement::{beside, sync_directory};
use crate::terminal::held_signals::HeldSignals;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use tempfile::Builder;

/// Writes to a file, which gets the mode 0600.
pub(crate) fn to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    // A signal leaves no half of it. A pipe may have no reader, and can be interrupted.
    let is_file = file.metadata()?.is_file();
    let _until_written = if is_file { HeldSignals::begin().ok() } else { None };
    if is_file {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.set_len(0)?;
    }
    file.write_all(bytes)?;
    file.flush()
}

/// Writes a new file of mode 0600, whole or not at all; it replaces another only if `overwrite`. Pipes and devices are
/// written to.
///
/// For content that cannot be produced a second time: a backup must never be half-written.
pub(crate) fn to_new_file(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    // A link is followed, so that it stays a link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let path = target.as_path();
    if path.metadata().is_ok_and(|existing| !existing.is_file()) {
        let mut passage = File::options().write(true).open(path)?;
        return passage.write_all(bytes).and_then(|()| passage.flush());
    }
    let _until_written = HeldSignals::begin().ok();
    // Temporary files are readable by their owner only.
    let file = beside(path, &mut Builder::new())?;
    file.as_file().write_all(bytes)?;
    file.as_file().sync_all()?;
    let persisted = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    persisted.map_err(|error| error.error)?;
    sync_directory(path);
    Ok(())
}
