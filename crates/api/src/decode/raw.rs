//! JSON of any shape and depth, one level at a time, and hashes of it. What is not looked at is skipped, and takes no memory.

use serde::Deserializer as _;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// The longest name of an item that a Secret may have.
const LONGEST_NAME: usize = 253;

/// More names than this are not kept.
const MOST_NAMES: usize = 1_000;

/// The names of items, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    known: BTreeSet<String>,
    /// There are names that are not kept: too many or too long.
    is_cut: bool,
}

impl Names {
    pub(crate) fn insert(&mut self, name: &str) {
        if name.len() <= LONGEST_NAME && self.known.len() < MOST_NAMES {
            self.known.insert(name.to_owned());
        } else {
            self.is_cut = true;
        }
    }

    pub(crate) fn insert_all(&mut self, others: &Self) {
        others.known.iter().for_each(|name| self.insert(name));
        self.is_cut |= others.is_cut;
    }

    pub(crate) fn remove_all(&mut self, others: &Self) {
        self.known.retain(|name| !others.known.contains(name));
        self.is_cut |= others.is_cut;
    }

    /// None if they are not all known.
    pub(crate) fn hash(&self) -> Option<u64> {
        let names: Vec<&str> = self.known.iter().map(String::as_str).collect();
        (!self.is_cut).then(|| short(hash(&names)))
    }
}

/// The hash of a list of texts.
pub(crate) fn hash(texts: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

/// The first bytes of a hash. Enough where one text must not have the hash of another that is given.
pub(crate) fn short(hash: [u8; 32]) -> u64 {
    hash[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Visits each entry of a map. False if it is no map.
pub(crate) fn each_entry(json: &RawValue, visit: impl FnMut(&str, &RawValue)) -> bool {
    struct Entries<F>(F);

    impl<'de, F: FnMut(&str, &RawValue)> Visitor<'de> for Entries<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<String>()? {
                (self.0)(&name, map.next_value()?);
            }
            Ok(())
        }
    }

    serde_json::Deserializer::from_str(json.get()).deserialize_map(Entries(visit)).is_ok()
}

/// Visits each item of a list. False if it is no list.
pub(crate) fn each_item(json: &RawValue, visit: impl FnMut(&RawValue)) -> bool {
    struct Items<F>(F);

    impl<'de, F: FnMut(&RawValue)> Visitor<'de> for Items<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
            while let Some(item) = seq.next_element()? {
                (self.0)(item);
            }
            Ok(())
        }
    }

    serde_json::Deserializer::from_str(json.get()).deserialize_seq(Items(visit)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_level_of_any_depth() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let map: Box<RawValue> = serde_json::from_str(&format!(r#"{{"a":{deep},"b\\n":1}}"#)).unwrap();
        let mut names = Vec::new();
        assert!(each_entry(&map, |name, value| names.push((name.to_owned(), value.get().len()))));
        assert_eq!(names, [("a".to_owned(), deep.len()), ("b\\n".to_owned(), 1)]);
        let mut count = 0;
        let list: Box<RawValue> = serde_json::from_str(&format!("[{deep},1]")).unwrap();
        assert!(each_item(&list, |_| count += 1) && count == 2);
        assert!(!each_entry(&list, |_, _| {}) && !each_item(&map, |_| {}));
        assert!(!each_entry(RawValue::NULL, |_, _| {}) && !each_item(RawValue::NULL, |_| {}));
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a"]), hash(&["a", ""]));
    }
}
