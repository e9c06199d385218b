//! [`IgnoreRules`]: the rules of one ignore file.

use crate::files::git::read_small;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::fs;
use std::path::Path;

/// A larger ignore file counts as empty, so that more files are found, not fewer.
const LARGEST: u64 = 4 << 20;

/// Whether `.ignore` files count beside git's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IgnoreFiles {
    Gits,
    All,
}

/// The decision of a rule about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IgnoreDecision {
    Ignored,
    /// It is not ignored, whatever earlier rules say.
    NotIgnored,
}

/// The rules of one file.
#[derive(Debug)]
pub(crate) struct IgnoreRules(Gitignore);

impl IgnoreRules {
    pub(crate) fn none() -> Self {
        Self(Gitignore::empty())
    }

    /// The rules of a file in the tree. A symbolic link counts as empty, as in git: it may lead anywhere.
    pub(crate) fn in_tree(directory: &Path, name: &str) -> Self {
        let path = directory.join(name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => Self::read(directory, &path),
            _ => Self::none(),
        }
    }

    /// The rules of a file anywhere, for paths below `directory`.
    pub(crate) fn read(directory: &Path, path: &Path) -> Self {
        let Ok(Some(bytes)) = read_small(path, LARGEST) else { return Self::none() };
        let mut builder = GitignoreBuilder::new(directory);
        for line in String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').lines() {
            // An invalid rule is skipped, as git does.
            let _ = builder.add_line(None, line);
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// The rules of the file that the user's own git configuration names.
    pub(crate) fn global(directory: &Path) -> Self {
        Self(GitignoreBuilder::new(directory).build_global().0)
    }

    pub(crate) fn decision(&self, path: &Path, is_directory: bool) -> Option<IgnoreDecision> {
        match self.0.matched(path, is_directory) {
            Match::None => None,
            Match::Ignore(_) => Some(IgnoreDecision::Ignored),
            Match::Whitelist(_) => Some(IgnoreDecision::NotIgnored),
        }
    }
}
