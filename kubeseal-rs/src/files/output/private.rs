//! Writes plaintext to files that only their owner may read.
//!
//! Decided: written in place, instead of through a temporary file, which a crash would leave behind with the
//! plaintext in it. What is lost then can be opened again.

use crate::files::output::replacement::{beside, sync_directory};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use tempfile::Builder;

/// To a file of mode 0600, whatever it was before.
pub(crate) fn to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    if file.metadata()?.is_file() {
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

/// To a file of mode 0600 that appears whole or not at all; in place of another only if `overwrite`. Pipes and devices cannot be
/// replaced, only written to.
///
/// For what cannot be had again, unlike the above: a backup must not be half of one.
pub(crate) fn to_new_file(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    // A link is followed, so that it stays a link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let path = target.as_path();
    if path.metadata().is_ok_and(|existing| !existing.is_file()) {
        let mut passage = File::options().write(true).open(path)?;
        return passage.write_all(bytes).and_then(|()| passage.flush());
    }
    // Temporary files are their owner's alone.
    let file = beside(path, &mut Builder::new())?;
    file.as_file().write_all(bytes)?;
    file.as_file().sync_all()?;
    let persisted = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    persisted.map_err(|error| error.error)?;
    sync_directory(path);
    Ok(())
}
