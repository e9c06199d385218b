//! [`Backups`]: the backups in one object, each an item, and the keys of each, as the annotation says.
//!
//! Decided: a backup that lacks a key of the one before is written beside it, instead of refused, because a job that fails each night backs up no
//! new key, and instead of in its place, because the earlier one may be the only copy of that key.
//!
//! The annotation: the fingerprints of `keys.age`, then for each other item its name with a colon and its fingerprints.

use api::sealing_key::BACKUP_OF;
use envelope::Fingerprint;
use std::collections::{BTreeMap, BTreeSet};

/// The item of the first backup.
pub(crate) const FIRST: &str = "keys.age";

/// The items of an object, and the keys of those that are known to be backups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Backups {
    items: BTreeSet<String>,
    pub keys: BTreeMap<String, BTreeSet<Fingerprint>>,
}

impl Backups {
    pub(crate) fn of<'a>(
        annotations: &BTreeMap<String, String>,
        items: impl Iterator<Item = &'a String>,
    ) -> Self {
        let items: BTreeSet<String> = items.cloned().collect();
        let mut keys: BTreeMap<String, BTreeSet<Fingerprint>> = BTreeMap::new();
        let mut item = FIRST;
        for word in annotations.get(BACKUP_OF).map(String::as_str).unwrap_or_default().split(' ') {
            match (word.strip_suffix(':'), word.parse()) {
                (Some(name), _) => item = name,
                (None, Ok(key)) => drop(keys.entry(item.to_owned()).or_default().insert(key)),
                (None, Err(_)) => {}
            }
        }
        // An item that is gone holds nothing.
        keys.retain(|item, _| items.contains(item));
        Self { items, keys }
    }

    /// The item for a backup of these keys: one whose keys are all among them, or a new one.
    pub(crate) fn item_for(&self, keys: &BTreeSet<Fingerprint>) -> String {
        let loses_nothing = |item: &String| {
            !self.items.contains(item) || self.keys.get(item).is_some_and(|known| known.is_subset(keys))
        };
        let names = (2..).map(|number| format!("keys-{number}.age"));
        [FIRST.to_owned()].into_iter().chain(names).find(loses_nothing).unwrap_or_default()
    }

    /// Why the first backup is not replaced by one of these keys.
    pub(crate) fn reason_to_keep(&self, keys: &BTreeSet<Fingerprint>) -> String {
        match self.keys.get(FIRST).map(|known| known.difference(keys).count()) {
            None => "does not say which keys it has".into(),
            Some(1) => "has 1 key that the cluster does not have any more".into(),
            Some(lost) => format!("has {lost} keys that the cluster does not have any more"),
        }
    }

    /// The text of the annotation.
    pub(crate) fn annotation(&self) -> String {
        let mut words = Vec::new();
        let first = self.keys.get(FIRST).into_iter().flatten();
        words.extend(first.map(ToString::to_string));
        for (item, keys) in self.keys.iter().filter(|(item, _)| *item != FIRST) {
            words.push(format!("{item}:"));
            words.extend(keys.iter().map(ToString::to_string));
        }
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(digits: &str) -> BTreeSet<Fingerprint> {
        digits.chars().map(|digit| digit.to_string().repeat(64).parse().unwrap()).collect()
    }

    fn backups(annotation: Option<&str>, items: &[&str]) -> Backups {
        let annotations = annotation.map(|text| (BACKUP_OF.to_owned(), text.to_owned()));
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        Backups::of(&annotations.into_iter().collect(), items.iter())
    }

    #[test]
    fn no_backup_is_replaced_by_one_that_lacks_a_key_of_it() {
        let fingerprints =
            |digits: &str| keys(digits).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let (one, lost) = (fingerprints("1"), fingerprints("12"));
        for (annotation, items, expected) in [
            (None, &[][..], "keys.age"),
            (Some(one.as_str()), &["keys.age"], "keys.age"),
            (Some(&lost), &["keys.age"], "keys-2.age"),
            // What it is, is not known.
            (None, &["keys.age"], "keys-2.age"),
            (Some(&format!("{lost} keys-2.age: {one}")), &["keys.age", "keys-2.age"], "keys-2.age"),
            (Some(&format!("{lost} keys-2.age: {lost}")), &["keys.age", "keys-2.age"], "keys-3.age"),
            // It was deleted.
            (Some(&lost), &[], "keys.age"),
        ] {
            assert_eq!(backups(annotation, items).item_for(&keys("13")), expected, "{annotation:?}");
        }
    }

    #[test]
    fn the_annotation_is_read_as_it_was_written() {
        let all = [("keys.age", keys("12")), ("keys-2.age", keys("1")), ("keys-3.age", keys("3"))];
        let known = all.map(|(item, keys)| (item.to_owned(), keys));
        let items = known.iter().map(|(item, _)| item.clone()).collect();
        let written = Backups { items, keys: known.into_iter().collect() };
        let read = backups(Some(&written.annotation()), &["keys.age", "keys-2.age", "keys-3.age"]);
        assert_eq!(read, written);
    }
}
