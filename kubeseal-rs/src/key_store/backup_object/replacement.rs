//! [`Replacement`]: the change of an object by a new backup: the newest keys are in the item [`NEWEST`], and earlier backups that are still
//! needed stay beside it.
//!
//! Decided: an earlier backup moves to another item, instead of the new one getting it, because tools copy [`NEWEST`] by its name, and would
//! copy a backup without the newest keys.

use crate::key_store::backup_object::contents::{Contents, Item};
use crate::key_store::backup_object::item_keys::NEWEST;
use crate::key_store::backup_object::old_backup::{OldBackup, kept};
use api::sealing_key::BACKUP_OF;
use envelope::Fingerprint;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The sizes of all items of a Secret or ConfigMap together, as the API server takes them.
pub(crate) const MOST: usize = 1 << 20;

/// A change that was not sent yet.
pub(crate) struct Replacement {
    /// A merge patch, which the API server refuses if the object is not as it was read.
    pub patch: Value,
    /// The earlier backups that stay, by the names that they get.
    pub kept: Vec<OldBackup>,
}

/// The object has no room.
#[derive(Debug)]
pub(crate) struct TooLarge {
    /// In bytes.
    pub size: usize,
    /// The items that have to stay.
    pub kept: Vec<String>,
}

impl Replacement {
    /// Puts `new`, a backup of the keys `present`, into the object; `overwrite` keeps no earlier backup.
    pub(crate) fn of(
        mut contents: Contents,
        new: Item,
        present: BTreeSet<Fingerprint>,
        overwrite: bool,
    ) -> Result<Self, TooLarge> {
        let old = backups(&contents);
        let is_old = |name: &str| old.iter().any(|one| one.item == name);
        let others = contents.items.iter().filter(|(name, _)| !is_old(name));
        let size = new.size + others.map(|(_, item)| item.size).sum::<usize>();
        let gone: Vec<String> = old.iter().map(|one| one.item.clone()).collect();
        let mut kept = if overwrite { Vec::new() } else { kept(old, &present, MOST.saturating_sub(size)) };
        let size = size + kept.iter().map(|one| one.size).sum::<usize>();
        if size > MOST {
            return Err(TooLarge { size, kept: kept.into_iter().map(|one| one.item).collect() });
        }

        let mut patch = json!({ "metadata": { "resourceVersion": contents.version } });
        for name in gone.iter().filter(|name| !kept.iter().any(|one| one.item == **name)) {
            patch[contents.items[name].field][name] = Value::Null;
        }
        let moved = free_name(&contents);
        contents.keys.0.retain(|name, _| kept.iter().any(|one| one.item == *name));
        if let (Some(one), Some(item)) =
            (kept.iter_mut().find(|one| one.item == NEWEST), contents.items.remove(NEWEST))
        {
            patch[item.field][NEWEST] = Value::Null;
            patch[item.field][&moved] = item.value;
            if let Some(keys) = contents.keys.0.remove(NEWEST) {
                contents.keys.0.insert(moved.clone(), keys);
            }
            one.item = moved;
        }
        patch[new.field][NEWEST] = new.value;
        contents.keys.0.insert(NEWEST.to_owned(), present);
        patch["metadata"]["annotations"][BACKUP_OF] = json!(contents.keys.to_string());
        Ok(Self { patch, kept })
    }
}

/// The backups in an object, newest first: what this program wrote, and what has the name of it.
fn backups(contents: &Contents) -> Vec<OldBackup> {
    let is_backup =
        |name: &str| name == NEWEST || number(name).is_some() || contents.keys.0.contains_key(name);
    let items = contents.items.iter().filter(|(name, _)| is_backup(name));
    let mut found: Vec<OldBackup> = items
        .map(|(name, item)| {
            let keys = contents.keys.0.get(name).cloned();
            OldBackup { item: name.clone(), keys, size: item.size }
        })
        .collect();
    found.sort_by_key(|one| Reverse((one.item == NEWEST, number(&one.item))));
    found
}

/// A name for an earlier backup, with a higher number than the others.
fn free_name(contents: &Contents) -> String {
    let last = contents.items.keys().filter_map(|name| number(name)).max().unwrap_or_default();
    format!("keys-old-{}.age", last + 1)
}

/// The number in the name of an earlier backup.
fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("keys-old-")?.strip_suffix(".age")?;
    digits.parse::<u32>().ok().map(u64::from)
}
