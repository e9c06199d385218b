//! The keys that the annotation for recipients names, as text: fingerprints of certificates, and age recipients. `short` is for messages.

use recipients::{Entry, Group, Recipients};

/// The first characters of a key.
pub(crate) fn short(key: &str) -> String {
    if key.len() > 12 { key.chars().take(12).collect::<String>() + "…" } else { key.to_owned() }
}

/// The keys that the annotation names, each once, the first one first.
pub(crate) fn keys_in(document: &Recipients) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for key in document.groups().iter().flat_map(keys_of) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The keys of one group.
pub(crate) fn keys_of(group: &Group) -> impl Iterator<Item = String> {
    group.to().iter().map(Entry::id)
}
