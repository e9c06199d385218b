//! Where certificates are kept: `$XDG_CACHE_HOME/kubeseal-rs`, readable by the owner alone; a file is written whole or not at all.

use std::fs::DirBuilder;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Replaced,
    Stays,
}

/// The directory of this name; none where there is no home.
pub(crate) fn directory(name: &str) -> Option<PathBuf> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).and_then(absolute);
    let cache = cache.or_else(|| std::env::home_dir().and_then(absolute).map(|home| home.join(".cache")))?;
    Some(cache.join("kubeseal-rs").join(name))
}

/// Writes a file of `directory`, which is made where it is not there.
pub(crate) fn write(directory: &Path, name: &str, text: &[u8], existing: Existing) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)?;
    let path = directory.join(name);
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text)?;
    // Else a crash may leave the name with nothing behind it.
    file.as_file().sync_all()?;
    let persisted = match existing {
        Existing::Replaced => file.persist(path),
        Existing::Stays => file.persist_noclobber(path),
    };
    persisted.map(drop).map_err(|error| error.error)
}
