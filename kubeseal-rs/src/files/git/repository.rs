//! [`Repository`]: the directories and files of a repository.

use crate::files::git::config::Format;
use crate::files::git::error::GitError;
use crate::files::git::read_small;
use crate::files::git::within::as_path;
use gix_hash::Kind;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Files that name a directory are no longer.
const LONGEST_PATH: u64 = 1 << 16;

/// A repository with a work tree. A bare one counts as none: it may be a folder that was committed.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The directory whose files it tracks.
    pub work_tree: PathBuf,
    /// `.git`, or the directory of a linked work tree or a submodule.
    pub(crate) git_directory: PathBuf,
    /// The directory that linked work trees share.
    pub(crate) common_directory: PathBuf,
    pub(crate) index: PathBuf,
    pub(crate) objects: Vec<PathBuf>,
    pub(crate) object_hash: Kind,
    /// How references are stored, if not as files.
    pub(crate) other_references: Option<String>,
}

impl Repository {
    /// The repository whose work tree begins at `directory`.
    pub(crate) fn at(directory: &Path) -> Result<Option<Self>, GitError> {
        let path = directory.join(".git");
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => Self::named(&path, directory).map(Some),
            // Git skips a broken link, and a directory of that name that is no repository.
            metadata => match metadata.and_then(|_| fs::symlink_metadata(path.join("HEAD"))) {
                Ok(_) => Self::new(directory.to_owned(), path).map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(GitError::Read { path, source }),
            },
        }
    }

    /// The repository of a command that runs in `directory`: the one that git names to its hooks, or the one around.
    pub(crate) fn around(directory: &Path) -> Result<Self, GitError> {
        let mut repository = match variable("GIT_DIR") {
            Some(path) => Self::named(&directory.join(path), directory)?,
            None => Self::found(directory)?,
        };
        if let Some(path) = variable("GIT_WORK_TREE") {
            repository.work_tree = directory.join(path);
        }
        // `git commit FILE` and `git commit -a` commit from an index of their own.
        if let Some(path) = variable("GIT_INDEX_FILE") {
            repository.index = repository.work_tree.join(path);
        }
        let lists = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];
        for list in lists.into_iter().filter_map(variable) {
            let paths = env::split_paths(&list).filter(|path| !path.as_os_str().is_empty());
            repository.objects.extend(paths.map(|path| directory.join(path)));
        }
        Ok(repository)
    }

    /// The repository of the innermost work tree around `directory`.
    fn found(directory: &Path) -> Result<Self, GitError> {
        for ancestor in directory.ancestors() {
            if let Some(repository) = Self::at(ancestor)? {
                return Ok(repository);
            }
        }
        Err(GitError::NotARepository)
    }

    /// The repository of `.git`, which is a directory or a file.
    fn named(path: &Path, work_tree: &Path) -> Result<Self, GitError> {
        let directory = if path.is_dir() {
            path.to_owned()
        } else {
            let around = path.parent().unwrap_or(work_tree);
            linked(path, "gitdir:", around)?.ok_or_else(|| GitError::NotAGitDirectory(path.to_owned()))?
        };
        Self::new(work_tree.to_owned(), directory)
    }

    fn new(work_tree: PathBuf, git_directory: PathBuf) -> Result<Self, GitError> {
        let common_directory = linked(&git_directory.join("commondir"), "", &git_directory)?;
        let common_directory = common_directory.unwrap_or_else(|| git_directory.clone());
        let objects = common_directory.join("objects");
        if !objects.is_dir() {
            return Err(GitError::NotAGitDirectory(git_directory));
        }
        let format = Format::of(&common_directory)?;
        Ok(Self {
            work_tree,
            index: git_directory.join("index"),
            object_hash: format.object_hash,
            other_references: format.other_references,
            objects: vec![objects],
            git_directory,
            common_directory,
        })
    }

    /// The ignore file of this repository only.
    pub(crate) fn excludes(&self) -> PathBuf {
        self.common_directory.join("info").join("exclude")
    }
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The directory that a file names, relative to `around`; none if there is no such file.
fn linked(path: &Path, prefix: &str, around: &Path) -> Result<Option<PathBuf>, GitError> {
    let bytes =
        read_small(path, LONGEST_PATH).map_err(|source| GitError::Read { path: path.to_owned(), source })?;
    let Some(bytes) = bytes else { return Ok(None) };
    let named =
        bytes.strip_prefix(prefix.as_bytes()).map(<[u8]>::trim_ascii).filter(|named| !named.is_empty());
    named.map(|named| Some(around.join(as_path(named)))).ok_or_else(|| GitError::GitFile(path.to_owned()))
}
