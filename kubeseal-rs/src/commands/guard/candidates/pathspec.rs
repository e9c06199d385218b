//! [`Pathspec`]: matches a path or a pattern with the names in a repository, as git does.

use crate::files::git::within::{as_path, normal, within};
use globset::{GlobBuilder, GlobMatcher};
use std::fs;
use std::path::Path;

/// A path or a pattern.
pub(crate) struct Pathspec {
    name: Vec<u8>,
    pattern: Option<GlobMatcher>,
}

impl Pathspec {
    /// `path`, relative to `directory`, in this work tree; none if it is outside.
    pub(crate) fn new(path: &Path, directory: &Path, work_tree: &Path) -> Option<Self> {
        let path = normal(&directory.join(path));
        let name = within(work_tree, &path).or_else(|| {
            // One of the paths contains a symbolic link.
            let parent = fs::canonicalize(path.parent()?).ok()?;
            within(&fs::canonicalize(work_tree).ok()?, &parent.join(path.file_name()?))
        })?;
        let text = String::from_utf8_lossy(&name).into_owned();
        let pattern = text.contains(['*', '?', '[']).then(|| {
            // A star matches slashes, too.
            GlobBuilder::new(&text).literal_separator(false).build().ok().map(|glob| glob.compile_matcher())
        });
        Some(Self { name, pattern: pattern.flatten() })
    }

    /// Whether the pathspec names exactly this file.
    pub(crate) fn names(&self, name: &[u8]) -> bool {
        self.name == name
    }

    /// Whether the pathspec covers the file: by its name, by a directory above it, or by a pattern.
    pub(crate) fn covers(&self, name: &[u8]) -> bool {
        let below = name.strip_prefix(self.name.as_slice());
        self.name.is_empty()
            || below.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
            || self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(as_path(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_directories_and_patterns_are_distinguished() {
        for (path, covered, other) in [
            (".", "sub/a", ""),
            ("a.yaml", "sub/a.yaml", "a.yaml"),
            ("./../b", "b/c", "bc"),
            ("*.yaml", "sub/c/d.yaml", "d.yaml"),
            ("/work/sub/a", "sub/a", "sub/ab"),
        ] {
            let spec = Pathspec::new(Path::new(path), Path::new("/work/sub"), Path::new("/work")).unwrap();
            assert!(spec.covers(covered.as_bytes()), "{path}");
            assert!(!spec.covers(other.as_bytes()), "{path}");
        }
        assert!(Pathspec::new(Path::new("../../x"), Path::new("/work/sub"), Path::new("/work")).is_none());
    }
}
