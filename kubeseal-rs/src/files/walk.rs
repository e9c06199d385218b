//! `walk`: the files below a directory as git sees them: those that no `.gitignore` names, and tracked ones in any
//! case.
//!
//! The tree may come from a stranger. Links are not followed, pipes and devices are not opened, no command runs, and a
//! folder that looks like a bare repository is a folder.

pub(crate) mod error;
pub(crate) mod level;
pub(crate) mod rules;

use crate::files::walk::error::WalkError;
use crate::files::walk::level::Level;
use crate::files::walk::rules::{IgnoreDecision, IgnoreFiles, IgnoreRules};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// The regular files below `directory`, in order, and the errors about directories that cannot be read.
pub(crate) fn walk(directory: &Path, ignore_files: IgnoreFiles) -> Vec<Result<PathBuf, WalkError>> {
    let top = match fs::canonicalize(directory) {
        Ok(top) => top,
        Err(source) => return vec![Err(WalkError::directory(directory, source))],
    };
    let mut walk = Walk {
        levels: Level::above(&top, ignore_files),
        global: IgnoreRules::global(&top),
        ignore_files,
        found: Vec::new(),
    };
    walk.enter(directory, &top, false);
    walk.found
}

struct Walk {
    /// The directories around the current one, outermost first.
    levels: Vec<Level>,
    /// The ignore file that the user's own git configuration names.
    global: IgnoreRules,
    ignore_files: IgnoreFiles,
    found: Vec<Result<PathBuf, WalkError>>,
}

impl Walk {
    /// Walks through a directory: `shown` as the user gave it, `path` as it is on disk. In an ignored directory only
    /// tracked files count.
    fn enter(&mut self, shown: &Path, path: &Path, is_ignored: bool) {
        let entries = match sorted(path) {
            Ok(entries) => entries,
            Err(source) => return self.found.push(Err(WalkError::directory(shown, source))),
        };
        self.levels.push(Level::at(path, self.ignore_files));
        // Git's rules end where another repository begins.
        let is_ignored = is_ignored && !self.levels.last().is_some_and(Level::is_top);
        for entry in entries.iter().filter(|entry| entry.file_name() != ".git") {
            let (shown, path) = (shown.join(entry.file_name()), entry.path());
            let kind = match entry.file_type() {
                Ok(kind) => kind,
                Err(source) => {
                    self.found.push(Err(WalkError::directory(&shown, source)));
                    continue;
                }
            };
            if !kind.is_dir() && !kind.is_file() {
                continue;
            }
            let decision = self.ignore_decision(&path, kind.is_dir());
            if decision == Some(IgnoreDecision::Ignored) {
                continue;
            }
            let is_ignored =
                decision.is_none() && (is_ignored || self.is_ignored_by_git(&path, kind.is_dir()));
            if is_ignored && !self.is_tracked(&path, kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                self.enter(&shown, &path, is_ignored);
            } else {
                self.found.push(Ok(shown));
            }
        }
        self.levels.pop();
    }

    /// The decision of `.ignore` files, which win over git's.
    fn ignore_decision(&self, path: &Path, is_directory: bool) -> Option<IgnoreDecision> {
        self.levels.iter().rev().find_map(|level| level.ignore.decision(path, is_directory))
    }

    fn is_ignored_by_git(&self, path: &Path, is_directory: bool) -> bool {
        let mut decision = None;
        for level in self.levels.iter().rev() {
            decision = decision.or_else(|| level.gitignore.decision(path, is_directory));
            if level.is_top() {
                decision = decision.or_else(|| level.excludes.decision(path, is_directory));
                break;
            }
        }
        decision.or_else(|| self.global.decision(path, is_directory)) == Some(IgnoreDecision::Ignored)
    }

    /// Whether one of the repositories around tracks it: a folder inside may only pretend to be a repository of its
    /// own.
    fn is_tracked(&mut self, path: &Path, is_directory: bool) -> bool {
        let mut is_tracked = false;
        for level in &mut self.levels {
            match level.tracks(path, is_directory) {
                Ok(tracks) => is_tracked |= tracks,
                Err(error) => self.found.push(Err(error)),
            }
        }
        is_tracked
    }
}

fn sorted(directory: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries: Vec<DirEntry> = fs::read_dir(directory)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}
