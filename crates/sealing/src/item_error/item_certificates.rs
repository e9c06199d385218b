//! [`ItemCertificates`]: which certificate each item of an object is sealed with, as its annotations say: one for all, or one for each item.
//!
//! Decided: the second annotation names the items, instead of the certificates alone, so that an item that was sealed anew no longer counts
//! as sealed with the old certificate, and so that the item that stays with a leaked key can be named. Where the names would make it too
//! long, a certificate is written without names, for items that no other certificate names: a certificate that still seals an item must not
//! be forgotten. Any user may write both annotations: they are a hint, which explains a failure or a leak, and opens nothing.

use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, LONGEST_ITEM_CERTIFICATES};
use envelope::Fingerprint;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The certificates that the items of one object are sealed with, as far as its annotations say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemCertificates {
    /// The certificate of all items.
    all: Option<Fingerprint>,
    /// The names of the items that are sealed with each certificate; empty if there is one for all. A certificate without names seals some of
    /// the items that are not named: all of them, if it is the only one without names.
    items: BTreeMap<Fingerprint, BTreeSet<String>>,
}

impl ItemCertificates {
    /// Reads the annotations. What is no fingerprint, or too long, says nothing. The names need not be items: see
    /// [`ItemCertificates::among`].
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
        Self { all: None, items: items.collect() }
    }

    /// One certificate for all items.
    #[must_use]
    pub fn one(key: Fingerprint) -> Self {
        Self { all: Some(key), items: BTreeMap::new() }
    }

    /// The certificates one of which this item is sealed with: none if nothing is known of it, and several if its name was left out.
    #[must_use]
    pub fn candidates(&self, name: &str) -> Vec<Fingerprint> {
        let with = |is_meant: &dyn Fn(&BTreeSet<String>) -> bool| {
            let meant = self.items.iter().filter(|(_, names)| is_meant(names));
            meant.map(|(key, _)| *key).collect::<Vec<_>>()
        };
        if let Some(key) = self.all {
            return vec![key];
        }
        let mut named = with(&|names| names.contains(name));
        named.truncate(1);
        if named.is_empty() { with(&BTreeSet::is_empty) } else { named }
    }

    /// The certificate that this item is sealed with.
    #[must_use]
    pub fn of_item(&self, name: &str) -> Option<Fingerprint> {
        match self.candidates(name)[..] {
            [key] => Some(key),
            _ => None,
        }
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

    /// Each certificate that is not named for all items, and the items that it is named for; without items, it seals some that are not named.
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

    /// What is true of the items that the object has. Names that are no items, because the item was removed, count for nothing.
    #[must_use]
    pub fn among<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        if self.all.is_some() {
            return self.clone();
        }
        let (items, is_known) = self.grouped(names);
        Self::from_groups(items, is_known)
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
        let (mut items, is_known) = self.grouped(stay.iter().copied());
        // A certificate without names stays so: it may seal more than the new items.
        if items.get(&to).is_none_or(|names| !names.is_empty()) && !new.is_empty() {
            items.entry(to).or_default().extend(new.iter().map(|name| (*name).to_owned()));
        }
        Self::from_groups(items, is_known)
    }

    /// The certificates of these items, and whether that of each is known. Those that one of several certificates seals are not named.
    fn grouped<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> (BTreeMap<Fingerprint, BTreeSet<String>>, bool) {
        let (mut items, mut is_known) = (BTreeMap::<_, BTreeSet<String>>::new(), true);
        for name in names {
            let candidates = self.candidates(name);
            is_known &= candidates.len() == 1;
            for key in &candidates {
                let names = items.entry(*key).or_default();
                names.extend((candidates.len() == 1).then(|| name.to_owned()));
            }
        }
        (items, is_known)
    }

    fn from_groups(items: BTreeMap<Fingerprint, BTreeSet<String>>, is_known: bool) -> Self {
        match items.first_key_value() {
            Some((key, _)) if is_known && items.len() == 1 => Self::one(*key),
            _ => Self { all: None, items },
        }
    }

    /// A digest of it; None if nothing is known.
    #[must_use]
    pub fn digest(&self) -> Option<[u8; 32]> {
        let text = self.annotations().into_iter().find_map(|(_, text)| text);
        text.map(|text| Sha256::digest(text).into())
    }

    /// The annotations for it, each with its text, or without one if there is to be none. What would be too long is shortened: the
    /// certificate with the longest list of names is written without it, and so on. The certificates alone are too long only from about
    /// sixty on; then as many as fit are written.
    #[must_use]
    pub fn annotations(&self) -> [(&'static str, Option<String>); 2] {
        let mut items: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (key, names) in &self.items {
            items.insert(key.to_string(), names.iter().map(String::as_str).collect());
        }
        let written = loop {
            let text = serde_json::to_string(&items).unwrap_or_default();
            if text.len() <= LONGEST_ITEM_CERTIFICATES {
                break text;
            }
            let length = |names: &BTreeSet<&str>| names.iter().map(|name| name.len() + 3).sum::<usize>();
            match items.values_mut().max_by_key(|names| length(names)) {
                Some(longest) if !longest.is_empty() => longest.clear(),
                _ => {
                    items.pop_last();
                }
            }
        };
        [
            (CERTIFICATE_FINGERPRINT, self.all.map(|key| key.to_string())),
            (ITEM_CERTIFICATES, (!items.is_empty()).then_some(written)),
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
            &format!(r#"{{"{}":["b",7]}}"#, key("a")),
            &serde_json::to_string(&long).unwrap(),
            &"[".repeat(4000),
        ] {
            assert!(with(ITEM_CERTIFICATES, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_shortened_and_no_certificate_that_stays_is_forgotten() {
        let names: Vec<String> = (0..500).map(|number| format!("item-{number:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let old = with(CERTIFICATE_FINGERPRINT, &"a".repeat(64));
        let mut read = old.changed(&names[1..], &names[..1], key("d"));
        let text = annotated(&read);
        assert_eq!(text[ITEM_CERTIFICATES], format!(r#"{{"{}":[],"{}":["item-000"]}}"#, key("a"), key("d")));
        // The only one without names seals all others, and the names come back.
        assert_eq!(ItemCertificates::of(Some(&text)).among(names.iter().copied()), read);
        // Item by item, until the last one is sealed anew.
        for number in 1..499 {
            let stay = [&names[..number], &names[number + 1..]].concat();
            read = read.changed(&stay, &names[number..=number], key("d"));
            let text = annotated(&read);
            assert!(text[ITEM_CERTIFICATES].len() <= LONGEST_ITEM_CERTIFICATES, "{number}");
            read = ItemCertificates::of(Some(&text));
            assert_eq!(read.of_item(names[number]), Some(key("d")), "{number}");
            assert_eq!(read.of_item(names[number + 1]), Some(key("a")), "{number}");
        }
        assert_eq!(read.changed(&names[..499], &names[499..], key("d")).of_all(), Some(key("d")));
        // Sealed anew as a whole.
        assert_eq!(read.changed(&[], &names, key("d")).of_all(), Some(key("d")));
        // Removed items do not count, and what seals items that are not named does not get forgotten beside new ones.
        let vague = with(ITEM_CERTIFICATES, &format!(r#"{{"{}":[],"{}":[]}}"#, key("a"), key("d")));
        assert_eq!(vague.changed(&["b"], &["x"], key("d")), vague);
        assert_eq!(vague.among(["b"]), vague);
        assert!(vague.among([]).is_empty());
    }

    #[test]
    fn as_many_certificates_as_fit_are_written() {
        let keys: BTreeMap<String, [&str; 1]> =
            (0..70).map(|number| (format!("{number:064x}"), ["a name of an item"])).collect();
        let many = ItemCertificates {
            all: None,
            items: keys
                .iter()
                .map(|(key, names)| (key.parse().unwrap(), names.iter().map(ToString::to_string).collect()))
                .collect(),
        };
        let read = ItemCertificates::of(Some(&annotated(&many)));
        assert_eq!(read.keys().count(), 58);
        assert_eq!(read.candidates("a name of an item").len(), 58);
    }

    #[test]
    fn names_that_are_no_items_count_for_nothing() {
        let text = format!(r#"{{"{}":["gone"],"{}":["x"]}}"#, key("b"), key("d"));
        let read = with(ITEM_CERTIFICATES, &text);
        assert_eq!(read.among(["x"]), ItemCertificates::one(key("d")));
        assert_eq!(read.among(["gone", "x"]), read);
        // Nothing is known of the item of another program, and of those that are there nothing changes.
        assert_eq!(read.among(["x", "foreign"]).keys().collect::<Vec<_>>(), [key("d")]);
        assert_eq!(read.among(["x", "foreign"]).of_item("foreign"), None);
        // All others: none is there, or the one is.
        let others = with(ITEM_CERTIFICATES, &format!(r#"{{"{}":[],"{}":["x"]}}"#, key("b"), key("d")));
        assert_eq!(others.among(["x"]), ItemCertificates::one(key("d")));
        assert_eq!(others.among(["x", "y"]).of_item("y"), Some(key("b")));
    }
}
