//! [`Objects`]: commits, trees and the contents of files.

use crate::files::git::error::GitError;
use crate::files::git::repository::Repository;
use crate::files::git::{no_pipe, no_pipes, read_small};
use gix_hash::{ObjectId, oid};
use gix_object::FindExt as _;
use gix_odb::store::init::Options;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// A larger object is not read.
const LARGEST_ALLOCATION: usize = 4 << 30;

/// No work tree has a longer path, and no deeper directories.
const LONGEST_PATH: usize = 4096;

/// No list of alternates is larger.
const LARGEST_LIST: u64 = 1 << 20;

/// No repository has more directories of objects.
const MAX_DIRECTORIES: usize = 1000;

/// The bits of a mode that distinguish a file from a link.
const KIND: u32 = 0o170_000;

/// A file in a tree: its mode and its object id.
pub(crate) type TreeFile = (u32, ObjectId);

/// The object database, with its alternates.
pub(crate) struct Objects {
    stores: Vec<gix_odb::Handle>,
    /// All object directories, those of alternates included.
    directories: Vec<PathBuf>,
}

impl Objects {
    pub(crate) fn open(repository: &Repository) -> Result<Self, GitError> {
        let mut directories = Vec::new();
        for path in &repository.objects {
            check(path, &mut directories).map_err(|source| GitError::Read { path: path.clone(), source })?;
        }
        let open = |path: &PathBuf| {
            let options = Options { alloc_limit_bytes: Some(LARGEST_ALLOCATION), ..Options::default() };
            gix_odb::at_opts(path, repository.object_hash, None, options)
                .map_err(|source| GitError::Read { path: path.clone(), source })
        };
        let stores = repository.objects.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { stores, directories })
    }

    /// The tree of a commit.
    pub(crate) fn tree_of(&self, commit: &oid) -> Result<ObjectId, GitError> {
        self.find(commit, |store, buffer| Ok(store.find_commit(commit, buffer)?.tree()))
    }

    /// Adds every file below a tree, by its path. A directory that is `known` to have the same tree is left out, and
    /// removed from `known`.
    pub(crate) fn add_files(
        &self,
        tree: &oid,
        prefix: &[u8],
        known: &mut HashMap<Vec<u8>, ObjectId>,
        files: &mut HashMap<Vec<u8>, TreeFile>,
    ) -> Result<(), GitError> {
        if known.get(prefix).is_some_and(|known| known.as_ref() == tree) {
            known.remove(prefix);
            return Ok(());
        }
        if prefix.len() > LONGEST_PATH {
            return Err(GitError::Object {
                id: tree.to_hex().to_string(),
                source: "it is nested too deep".into(),
            });
        }
        let entries = self.find(tree, |store, buffer| {
            let tree = store.find_tree(tree, buffer)?;
            let entry = |entry: &gix_object::tree::EntryRef<'_>| {
                (
                    entry.mode.is_tree(),
                    u32::from(entry.mode.value()),
                    entry.filename.to_vec(),
                    entry.oid.to_owned(),
                )
            };
            Ok(tree.entries.iter().map(entry).collect::<Vec<_>>())
        })?;
        for (is_tree, mode, name, id) in entries {
            let mut path = [prefix, &name].concat();
            if is_tree {
                path.push(b'/');
                self.add_files(&id, &path, known, files)?;
            } else {
                files.insert(path, (mode, id));
            }
        }
        Ok(())
    }

    /// The content of a file.
    pub(crate) fn blob(&self, id: &oid) -> Result<Vec<u8>, GitError> {
        self.find(id, |store, buffer| Ok(store.find_blob(id, buffer)?.data.to_vec()))
    }

    /// Searches for an object in one directory after the other.
    fn find<T>(
        &self,
        id: &oid,
        get: impl Fn(&gix_odb::Handle, &mut Vec<u8>) -> Result<T, gix_error::Error>,
    ) -> Result<T, GitError> {
        let name = id.to_hex().to_string();
        let failed = |source| GitError::Object { id: name.clone(), source };
        let (first, rest) = name.split_at(2);
        for directory in &self.directories {
            no_pipe(&directory.join(first).join(rest)).map_err(|error| failed(error.into()))?;
        }
        let mut failure: Box<dyn std::error::Error + Send + Sync> = "there is none".into();
        for store in &self.stores {
            match get(store, &mut Vec::new()) {
                Ok(found) => return Ok(found),
                Err(error) => failure = error.into(),
            }
        }
        Err(failed(failure))
    }
}

/// Checks that gix opens no pipe in an object directory and in its alternates, and adds all of them to `directories`.
fn check(objects: &Path, directories: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut next = vec![objects.to_owned()];
    while let Some(directory) = next.pop() {
        if directories.contains(&directory) {
            continue;
        }
        if directories.len() == MAX_DIRECTORIES {
            return Err(io::Error::other("it has too many alternates"));
        }
        no_pipes(&directory.join("pack"), "")?;
        let alternates = read_small(&directory.join("info").join("alternates"), LARGEST_LIST)?;
        let alternates = gix_odb::alternate::parse(&alternates.unwrap_or_default());
        // gix takes relative paths from the first directory.
        next.extend(alternates.map_err(io::Error::other)?.into_iter().map(|path| objects.join(path)));
        directories.push(directory);
    }
    Ok(())
}

/// Whether a mode is that of a regular file.
pub(crate) fn is_file(mode: u32) -> bool {
    mode & KIND == 0o100_000
}
