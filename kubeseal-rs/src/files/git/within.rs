//! Paths as git writes them: bytes, with slashes, from the top of the work tree.

use std::path::{Component, Path, PathBuf};

/// A path as git writes it.
#[cfg(unix)]
pub(crate) fn as_path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(name).into()
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(crate) fn as_path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}

/// Without `.` and `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            component => normal.push(component),
        }
    }
    normal
}

/// `path` relative to `directory`, as git writes it; none if it is outside. The directory itself is empty.
pub(crate) fn within(directory: &Path, path: &Path) -> Option<Vec<u8>> {
    let mut name: Vec<&[u8]> = Vec::new();
    for component in path.strip_prefix(directory).ok()?.components() {
        match component {
            Component::Normal(part) => name.push(part.as_encoded_bytes()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(name.join(&b'/'))
}
