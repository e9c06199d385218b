//! [`ItemCertificates`]: which certificate each item of an object is sealed with, as its annotations say: one for all, or one for each item.
//!
//! Decided: the second annotation names the items, instead of the certificates alone, so that an item that was sealed anew no longer counts
//! as sealed with the old certificate, and so that the item that stays with a leaked key can be named. Any user may write both: they
//! are a hint, which explains a failure or a leak, and opens nothing.

use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, LONGEST_ITEM_CERTIFICATES};
use envelope::Fingerprint;
use std::collections::{BTreeMap, BTreeSet};

/// The certificates that the items of one object are sealed with, as far as its annotations say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemCertificates {
    /// The certificate of all items.
    all: Option<Fingerprint>,
    /// The names of the items that are sealed with each certificate; empty if there is one for all.
    items: BTreeMap<Fingerprint, BTreeSet<String>>,
}

impl ItemCertificates {
    /// Reads the annotations. What is no fingerprint, or too long, says nothing.
    #[must_use]
    pub fn of(annotations: Option<&BTreeMap<String, String>>) -> Self {
        let text = |name| annotations.and_then(|annotations| annotations.get(name));
        let all: Option<Fingerprint> = text(CERTIFICATE_FINGERPRINT).and_then(|hint| hint.parse().ok());
        if all.is_some() {
            return Self { all, items: BTreeMap::new() };
        }
        let text = text(ITEM_CERTIFICATES).filter(|text| text.len() <= LONGEST_ITEM_CERTIFICATES);
        let read: BTreeMap<String, BTreeSet<String>> =
            text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let items = read.into_iter().filter_map(|(key, names)| Some((key.parse().ok()?, names)));
        Self { all: None, items: items.filter(|(_, names)| !names.is_empty()).collect() }
    }

    /// The certificate that this item is sealed with.
    #[must_use]
    pub fn of_item(&self, name: &str) -> Option<Fingerprint> {
        let named = || self.items.iter().find(|(_, names)| names.contains(name)).map(|(key, _)| *key);
        self.all.or_else(named)
    }

    /// The certificate of all items.
    #[must_use]
    pub fn of_all(&self) -> Option<Fingerprint> {
        self.all
    }

    /// Each certificate that is named.
    pub fn keys(&self) -> impl Iterator<Item = Fingerprint> {
        self.all.into_iter().chain(self.items.keys().copied())
    }

    /// Each certificate that is not named for all items, and the items that it is named for.
    pub fn items(&self) -> impl Iterator<Item = (Fingerprint, &BTreeSet<String>)> {
        self.items.iter().map(|(key, names)| (*key, names))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.items.is_empty()
    }

    /// What is named of these certificates only.
    #[must_use]
    pub fn retaining(mut self, is_kept: impl Fn(Fingerprint) -> bool) -> Self {
        self.all = self.all.filter(|key| is_kept(*key));
        self.items.retain(|key, _| is_kept(*key));
        self
    }

    /// What is true after the items `new` were sealed with the certificate `to`, and `stay` remained as they were.
    ///
    /// Of an object of which nothing is known, nothing is said about the new items alone: it comes from a program that does not know the
    /// annotations.
    #[must_use]
    pub fn changed(&self, stay: &[&str], new: &[&str], to: Fingerprint) -> Self {
        if new.is_empty() && stay.is_empty() || self.is_empty() && !stay.is_empty() {
            return self.clone();
        }
        let is_known = stay.iter().all(|name| self.of_item(name).is_some());
        let stay = stay.iter().filter_map(|name| Some((self.of_item(name)?, *name)));
        let mut items: BTreeMap<Fingerprint, BTreeSet<String>> = BTreeMap::new();
        for (key, name) in stay.chain(new.iter().map(|name| (to, *name))) {
            items.entry(key).or_default().insert(name.to_owned());
        }
        match items.first_key_value() {
            Some((key, _)) if is_known && items.len() == 1 => {
                Self { all: Some(*key), items: BTreeMap::new() }
            }
            _ => Self { all: None, items },
        }
    }

    /// The annotations for it, each with its text, or without one if there is to be none.
    #[must_use]
    pub fn annotations(&self) -> [(&'static str, Option<String>); 2] {
        let items: BTreeMap<String, &BTreeSet<String>> =
            self.items.iter().map(|(key, names)| (key.to_string(), names)).collect();
        let text = (!items.is_empty()).then(|| serde_json::to_string(&items).ok()).flatten();
        [
            (CERTIFICATE_FINGERPRINT, self.all.map(|key| key.to_string())),
            (ITEM_CERTIFICATES, text.filter(|text| text.len() <= LONGEST_ITEM_CERTIFICATES)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> Fingerprint {
        digit.repeat(64).parse().unwrap()
    }

    fn annotated(certificates: &ItemCertificates) -> BTreeMap<String, String> {
        let annotations = certificates.annotations().into_iter();
        annotations.filter_map(|(name, text)| Some((name.to_owned(), text?))).collect()
    }

    fn with(name: &str, text: &str) -> ItemCertificates {
        ItemCertificates::of(Some(&[(name.to_owned(), text.to_owned())].into()))
    }

    #[test]
    fn items_that_are_sealed_anew_change_their_certificate_and_the_last_one_makes_it_one_for_all() {
        let old = with(CERTIFICATE_FINGERPRINT, &"a".repeat(64));
        let mixed = old.changed(&["b", "c"], &["x"], key("d"));
        assert_eq!((mixed.of_item("x"), mixed.of_item("b")), (Some(key("d")), Some(key("a"))));
        assert_eq!((mixed.of_item("other"), mixed.of_all()), (None, None));
        let text = annotated(&mixed);
        assert_eq!(text.len(), 1);
        assert_eq!(text[ITEM_CERTIFICATES], format!(r#"{{"{}":["b","c"],"{}":["x"]}}"#, key("a"), key("d")));
        assert_eq!(ItemCertificates::of(Some(&text)), mixed);

        let again = mixed.changed(&["c", "x"], &["b"], key("e"));
        assert_eq!(again.keys().collect::<Vec<_>>(), [key("a"), key("d"), key("e")]);
        // The last one of the old key is sealed anew, or removed.
        assert_eq!(mixed.changed(&["x"], &["b", "c"], key("d")).of_all(), Some(key("d")));
        let removed = mixed.changed(&["x"], &[], key("e"));
        assert_eq!(annotated(&removed), [(CERTIFICATE_FINGERPRINT.to_owned(), "d".repeat(64))].into());
        assert_eq!(mixed.changed(&[], &["b"], key("e")).of_all(), Some(key("e")));
        assert_eq!(mixed.changed(&[], &[], key("e")), mixed);
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        let none = ItemCertificates::default();
        assert_eq!(none.changed(&["b"], &["x"], key("d")), none);
        assert_eq!(none.changed(&[], &["x"], key("d")).of_all(), Some(key("d")));
        // A program that does not know the annotation added an item.
        let mixed = with(ITEM_CERTIFICATES, &format!(r#"{{"{}":["b"]}}"#, key("a")));
        let changed = mixed.changed(&["foreign"], &["b"], key("d"));
        assert_eq!(
            (changed.of_all(), changed.of_item("b"), changed.of_item("foreign")),
            (None, Some(key("d")), None)
        );
    }

    #[test]
    fn text_that_was_made_up_says_nothing() {
        let long: Vec<String> = (0..1000).map(|number| format!("item-{number}")).collect();
        let long = BTreeMap::from([("a".repeat(64), long)]);
        for text in [
            "",
            "[]",
            "{",
            r#"{"aa":["b"]}"#,
            &format!(r#"{{"{}":[]}}"#, key("a")),
            &format!(r#"{{"{}":["b",7]}}"#, key("a")),
            &serde_json::to_string(&long).unwrap(),
            &"[".repeat(4000),
        ] {
            assert!(with(ITEM_CERTIFICATES, text).is_empty(), "{text}");
        }
        // Too many names for an annotation.
        let names: Vec<String> = (0..1000).map(|number| format!("item-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let old = with(CERTIFICATE_FINGERPRINT, &"a".repeat(64));
        assert!(annotated(&old.changed(&names, &["x"], key("d"))).is_empty());
    }
}
