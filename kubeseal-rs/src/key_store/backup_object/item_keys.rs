//! [`ItemKeys`]: the keys in each backup of an object, as the annotation says.
//!
//! The annotation: the fingerprints of `keys.age`, then for each other item its name with a colon and its fingerprints.

use envelope::Fingerprint;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The item of the newest backup, which tools copy by name.
pub(crate) const NEWEST: &str = "keys.age";

/// The keys of each item that is known to be a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ItemKeys(pub BTreeMap<String, BTreeSet<Fingerprint>>);

impl ItemKeys {
    pub(crate) fn parse(annotation: &str) -> Self {
        let mut keys = Self::default();
        let mut item = NEWEST;
        for word in annotation.split(' ') {
            match (word.strip_suffix(':'), word.parse()) {
                (Some(name), _) => item = name,
                (None, Ok(key)) => drop(keys.0.entry(item.to_owned()).or_default().insert(key)),
                (None, Err(_)) => {}
            }
        }
        keys
    }
}

/// The text of the annotation.
impl fmt::Display for ItemKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = self.0.iter().filter(|(item, _)| *item != NEWEST);
        let mut words: Vec<String> =
            self.0.get(NEWEST).into_iter().flatten().map(ToString::to_string).collect();
        for (item, keys) in others {
            words.push(format!("{item}:"));
            words.extend(keys.iter().map(ToString::to_string));
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        let keys = |digits: &str| {
            digits.chars().map(|digit| digit.to_string().repeat(64).parse().unwrap()).collect()
        };
        let all = [("keys.age", keys("12")), ("keys-old-1.age", keys("1")), ("keys-2.age", keys("3"))];
        let written = ItemKeys(all.map(|(item, keys)| (item.to_owned(), keys)).into());
        assert_eq!(ItemKeys::parse(&written.to_string()), written);
        assert!(written.to_string().starts_with('1'), "{written}");
        assert_eq!(ItemKeys::parse("").to_string(), "");
    }
}
