//! [`Level`]: a directory on the way down, with its ignore rules, and the repository that begins there.

use crate::files::git::error::GitError;
use crate::files::git::index::Index;
use crate::files::git::repository::Repository;
use crate::files::git::within::within;
use crate::files::walk::error::WalkError;
use crate::files::walk::rules::{IgnoreFiles, IgnoreRules};
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use std::path::{Path, PathBuf};

/// A directory on the way down.
pub(crate) struct Level {
    path: PathBuf,
    /// The rules of `.ignore`.
    pub ignore: IgnoreRules,
    pub gitignore: IgnoreRules,
    /// The rules of `.git/info/exclude`.
    pub excludes: IgnoreRules,
    tracked: Tracked,
}

/// What git tracks below this directory.
enum Tracked {
    /// No work tree begins here.
    Nothing,
    /// The index, which is read when something is ignored.
    Unread(Box<Repository>),
    Read(Box<Index>),
    /// The index cannot be read.
    Broken(GitError),
    /// The index cannot be read, and that was reported.
    Reported,
}

impl Level {
    pub(crate) fn at(path: &Path, ignore_files: IgnoreFiles) -> Self {
        let repository = match Repository::at(path) {
            Err(error) if is_passed_over(&error, ignore_files) => {
                alert(format_args!("{error}; {} is taken as a plain folder", shown_path(path)));
                Ok(None)
            }
            repository => repository,
        };
        let excludes = match &repository {
            Ok(Some(repository)) => IgnoreRules::read(path, &repository.excludes()),
            _ => IgnoreRules::none(),
        };
        Self {
            excludes,
            gitignore: IgnoreRules::in_tree(path, ".gitignore"),
            tracked: match repository {
                Ok(None) => Tracked::Nothing,
                Ok(Some(repository)) => Tracked::Unread(Box::new(repository)),
                Err(error) => Tracked::Broken(error),
            },
            ..Self::plain(path, ignore_files)
        }
    }

    /// A directory without git's rules.
    fn plain(path: &Path, ignore_files: IgnoreFiles) -> Self {
        let ignore = match ignore_files {
            IgnoreFiles::All => IgnoreRules::in_tree(path, ".ignore"),
            IgnoreFiles::Gits => IgnoreRules::none(),
        };
        Self {
            path: path.to_owned(),
            ignore,
            gitignore: IgnoreRules::none(),
            excludes: IgnoreRules::none(),
            tracked: Tracked::Nothing,
        }
    }

    /// The directories above `path`, outermost first. Git's rules begin where the innermost repository does; without
    /// one, as in a copy of a tree without its `.git`, all of them count.
    pub(crate) fn above(path: &Path, ignore_files: IgnoreFiles) -> Vec<Self> {
        let mut is_outside = match Repository::at(path) {
            Ok(repository) => repository.is_some(),
            Err(error) => !is_passed_over(&error, ignore_files),
        };
        let mut levels = Vec::new();
        for ancestor in path.ancestors().skip(1) {
            let level = if is_outside {
                Self::plain(ancestor, ignore_files)
            } else {
                Self::at(ancestor, ignore_files)
            };
            is_outside |= level.is_top();
            levels.push(level);
        }
        levels.reverse();
        levels
    }

    /// Whether a work tree begins here.
    pub(crate) fn is_top(&self) -> bool {
        !matches!(self.tracked, Tracked::Nothing)
    }

    /// Whether the repository that begins here tracks the file, or something below the directory. An error is returned
    /// once.
    pub(crate) fn tracks(&mut self, path: &Path, is_directory: bool) -> Result<bool, WalkError> {
        if let Tracked::Unread(repository) = &self.tracked {
            self.tracked = match Index::read(repository) {
                Ok(index) => Tracked::Read(Box::new(index)),
                Err(error) => Tracked::Broken(error),
            };
        }
        if matches!(self.tracked, Tracked::Broken(_))
            && let Tracked::Broken(source) = std::mem::replace(&mut self.tracked, Tracked::Reported)
        {
            return Err(WalkError::Tracked { path: self.path.clone(), source });
        }
        let Tracked::Read(index) = &self.tracked else { return Ok(false) };
        Ok(within(&self.path, path).is_some_and(|name| index.tracks(&name, is_directory)))
    }
}

/// Whether a work tree whose repository is missing is a plain folder: a submodule or a linked work tree that was copied
/// without it. `guard` cannot accept that, because ignored files may be tracked there.
fn is_passed_over(error: &GitError, ignore_files: IgnoreFiles) -> bool {
    let is_missing = matches!(error, GitError::NotAGitDirectory(directory) if !directory.exists());
    is_missing && ignore_files == IgnoreFiles::Gits
}
