//! [`Staged`]: the changes of the next commit.

use crate::files::git::error::GitError;
use crate::files::git::head::head;
use crate::files::git::index::Index;
use crate::files::git::objects::{Objects, TreeFile, is_file};
use crate::files::git::repository::Repository;
use gix_hash::ObjectId;
use gix_index::entry::{Flags, Mode};
use std::collections::HashMap;

/// The staged files, and the files of the last commit.
pub(crate) struct Staged {
    /// In the order of their names.
    pub files: Vec<StagedFile>,
    /// All names that are tracked, now or before, with their object ids.
    names: HashMap<Vec<u8>, Option<ObjectId>>,
    objects: Objects,
}

/// A file whose content is new in the index.
pub(crate) struct StagedFile {
    /// From the top of the work tree.
    pub name: Vec<u8>,
    /// Whether it belongs to a merge that is not resolved: it has more than one content.
    pub is_unmerged: bool,
    id: ObjectId,
}

impl Staged {
    /// Compares the index with the commit that is checked out.
    pub(crate) fn read(repository: &Repository) -> Result<Self, GitError> {
        let index = Index::read(repository)?.0;
        let objects = Objects::open(repository)?;
        let head = head(repository)?.map(|commit| objects.tree_of(&commit)).transpose()?;

        // Directories of a sparse index. Those that remain at the end have another tree than before.
        let mut sparse: HashMap<Vec<u8>, ObjectId> = index
            .entries()
            .iter()
            .filter(|entry| entry.mode == Mode::DIR)
            .map(|entry| (entry.path(&index).to_vec(), entry.id))
            .collect();
        let mut before: HashMap<Vec<u8>, TreeFile> = HashMap::new();
        if let Some(tree) = head {
            objects.add_files(&tree, b"", &mut sparse, &mut before)?;
        }
        let mut names: HashMap<_, _> = before.keys().map(|name| (name.clone(), None)).collect();
        let mut files = Vec::new();
        let mut add = |name: Vec<u8>, mode: u32, id: ObjectId, is_unmerged: bool| {
            if is_file(mode) && (is_unmerged || before.get(&name) != Some(&(mode, id))) {
                files.push(StagedFile { name: name.clone(), is_unmerged, id });
            }
            names.insert(name, is_file(mode).then_some(id));
        };
        for (name, tree) in sparse {
            let mut below = HashMap::new();
            objects.add_files(&tree, &name, &mut HashMap::new(), &mut below)?;
            for (name, (mode, id)) in below {
                add(name, mode, id, false);
            }
        }
        for entry in index.entries() {
            // `git add --intent-to-add` stages a name without content.
            if !entry.flags.contains(Flags::INTENT_TO_ADD) {
                add(entry.path(&index).to_vec(), entry.mode.bits(), entry.id, entry.stage_raw() != 0);
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files.dedup_by(|a, b| a.name == b.name);
        Ok(Self { files, names, objects })
    }

    /// Whether one of the names that are tracked, now or before, satisfies the condition.
    pub(crate) fn knows(&self, is_meant: impl Fn(&[u8]) -> bool) -> bool {
        self.names.keys().any(|name| is_meant(name))
    }

    /// The content of a file in the index, staged or unchanged; none if it is not tracked, or is no file.
    pub(crate) fn content_of(&self, name: &[u8]) -> Option<Vec<u8>> {
        let id = self.names.get(name).copied().flatten()?;
        self.objects.blob(&id).ok()
    }

    /// The staged content of a file.
    pub(crate) fn content(&self, file: &StagedFile) -> Result<Vec<u8>, GitError> {
        self.objects.blob(&file.id)
    }
}
