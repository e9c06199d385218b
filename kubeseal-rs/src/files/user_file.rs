//! Small JSON files that this program keeps between runs, for the user who runs it: readable by the owner only, unless `Readers` says
//! otherwise, and written whole or not at all.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::env;
use std::fmt::Display;
use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What happens to an existing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Replaced,
    Stays,
}

/// Who may read a file and enter its directory, as far as the umask lets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    Owner,
    Everyone,
}

/// The directory of this name in the user's cache, whose files may be deleted at any time; none if there is no home.
pub(crate) fn cache_directory(name: &str) -> Option<PathBuf> {
    directory("XDG_CACHE_HOME", ".cache", name)
}

/// The directory of this name in the user's configuration; none if there is no home.
pub(crate) fn config_directory(name: &str) -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME", ".config", name)
}

fn directory(variable: &str, in_home: &str, name: &str) -> Option<PathBuf> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let base = env::var_os(variable).map(PathBuf::from).and_then(absolute);
    let base = base.or_else(|| env::home_dir().and_then(absolute).map(|home| home.join(in_home)))?;
    Some(base.join("kubeseal-rs").join(name))
}

/// The name of the file about a thing with this identifier.
pub(crate) fn name_of(identifier: impl Display) -> String {
    format!("{identifier}.json")
}

/// What is in a file; none if there is no such file, or if it is damaged.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes a file in `directory`, which is created if it does not exist.
pub(crate) fn write(
    directory: &Path,
    name: &str,
    value: &impl Serialize,
    existing: Existing,
) -> io::Result<()> {
    write_for(Readers::Owner, directory, name, value, existing)
}

/// Writes a file in `directory`, which is created if it does not exist, for these readers.
pub(crate) fn write_for(
    readers: Readers,
    directory: &Path,
    name: &str,
    value: &impl Serialize,
    existing: Existing,
) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(value)?;
    create_for(readers, directory)?;
    let path = directory.join(name);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(match readers {
            Readers::Owner => 0o600,
            Readers::Everyone => 0o644,
        }));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(&text)?;
    // Without this, a crash may leave an empty file.
    file.as_file().sync_all()?;
    let persisted = match existing {
        Existing::Replaced => file.persist(path),
        Existing::Stays => file.persist_noclobber(path),
    };
    persisted.map(drop).map_err(|error| error.error)
}

/// Creates a directory, which only its owner may enter, unless it exists.
pub(crate) fn create(directory: &Path) -> io::Result<()> {
    create_for(Readers::Owner, directory)
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "modes are of Unix"))]
fn create_for(readers: Readers, directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(if readers == Readers::Owner { 0o700 } else { 0o755 });
    }
    builder.create(directory)
}
