//! [`Entries`]: the annotation for the recipients of one object, and the object keys that this ring opens, each once.

use crate::annotation::recipients_in;
use crate::item_error::ItemErrorKind;
use crate::keys::AgeOpener;
use crate::keys::key_ring::KeyRing;
use api::Scope;
use envelope::Fingerprint;
use recipients::{Entry, FormatError, Group, ObjectKey, Recipients};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// The most private-key operations on entries of one object. Each user may write entries that name a key of the ring and do not open.
const MOST_OPERATIONS: u32 = 64;

/// The object key of a group, and the entry and key that opened it.
pub(crate) struct OpenedGroup {
    pub key: ObjectKey,
    pub entry: usize,
    /// None for an age identity.
    pub by: Option<Fingerprint>,
}

/// The entries of one object.
pub(crate) struct Entries<'a> {
    recipients: Option<Result<Recipients, FormatError>>,
    ring: &'a KeyRing,
    age: Option<AgeOpener<'a>>,
    /// Whether every key is tried on every entry, however long that takes.
    tries_all: bool,
    operations: Cell<u32>,
    /// What each group gave, by scope and index.
    opened: RefCell<BTreeMap<(&'static str, usize), Option<OpenedGroup>>>,
    before_each: &'a dyn Fn(),
}

impl<'a> Entries<'a> {
    pub(crate) fn new(annotations: Option<&BTreeMap<String, String>>, ring: &'a KeyRing) -> Self {
        Self {
            recipients: recipients_in(annotations),
            ring,
            age: None,
            tries_all: false,
            operations: Cell::new(0),
            opened: RefCell::default(),
            before_each: &|| (),
        }
    }

    /// These entries, for a user who has the keys.
    pub(crate) fn trying_all(self, tries_all: bool) -> Self {
        Self { tries_all, ..self }
    }

    /// These entries, with what is called before each operation with a private key of the ring.
    pub(crate) fn calling(self, before_each: &'a dyn Fn()) -> Self {
        Self { before_each, ..self }
    }

    /// These entries, with what opens those for age identities.
    pub(crate) fn with_age(self, age: Option<AgeOpener<'a>>) -> Self {
        Self { age, ..self }
    }

    /// Whether there are age identities to open with.
    pub(crate) fn has_age(&self) -> bool {
        self.age.is_some()
    }

    /// The annotation, if it is there and can be read.
    pub(crate) fn recipients(&self) -> Option<&Recipients> {
        self.recipients.as_ref()?.as_ref().ok()
    }

    /// Why the annotation cannot be read, if it is there.
    pub(crate) fn error(&self) -> Option<&FormatError> {
        self.recipients.as_ref()?.as_ref().err()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.groups_with(name).next().is_some()
    }

    pub(crate) fn groups_with(&self, name: &str) -> impl Iterator<Item = (usize, &Group)> {
        self.recipients().into_iter().flat_map(move |recipients| recipients.groups_with(name))
    }

    #[cfg(test)]
    pub(crate) fn operations(&self) -> u32 {
        self.operations.get()
    }

    /// Why an item was perhaps not opened that no key opened.
    pub(crate) fn why_not(&self) -> Option<ItemErrorKind> {
        if let Some(error) = self.error() {
            return Some(ItemErrorKind::BadRecipients(error.clone()));
        }
        self.is_spent().then_some(ItemErrorKind::EntriesNotTried)
    }

    /// Calls `then` with the object key of a group and the fingerprint of the key that opened it, if it was no age identity. None if
    /// nothing opens it.
    pub(crate) fn with_object_key<T>(
        &self,
        scope: Scope,
        label: &[u8],
        index: usize,
        then: impl FnOnce(&ObjectKey, Option<Fingerprint>) -> T,
    ) -> Option<T> {
        self.with_group(scope, label, index, |opened| then(&opened.key, opened.by))
    }

    /// Calls `then` with an opened group. None if no key opens it.
    pub(crate) fn with_group<T>(
        &self,
        scope: Scope,
        label: &[u8],
        index: usize,
        then: impl FnOnce(&OpenedGroup) -> T,
    ) -> Option<T> {
        // Names of Kubernetes have no byte of zero, which separates the label of an object key from those of items.
        if label.contains(&0) {
            return None;
        }
        let mut opened = self.opened.borrow_mut();
        let group = opened.entry((scope.as_str(), index)).or_insert_with(|| self.open_group(label, index));
        group.as_ref().map(then)
    }

    /// Whether keys of the ring open entries with different names in one group: the keys of several clusters.
    pub(crate) fn opens_several(&self, label: &[u8]) -> bool {
        let groups = self.recipients().into_iter().flat_map(Recipients::groups);
        let opens =
            |entry: &&Entry| self.ring.iter().any(|key| entry.open(key.pair().private(), label).is_some());
        groups.map(|group| group.to().iter().filter(opens).filter_map(Entry::fingerprint)).any(
            |mut opened| {
                let first = opened.next();
                opened.any(|other| Some(other) != first)
            },
        )
    }

    /// Tries the keys that the entries name, the newest first; then, if all are tried, every key on every entry, because the certificate of a
    /// key may be unknown; then the age identities.
    fn open_group(&self, label: &[u8], index: usize) -> Option<OpenedGroup> {
        let group = self.recipients()?.groups().get(index)?;
        let entries = || group.to().iter().enumerate();
        let named = self.ring.iter().flat_map(|key| {
            let is_named = |entry: &&Entry| entry.fingerprint() == Some(key.fingerprint());
            entries().filter(move |(_, entry)| is_named(entry)).map(move |(place, entry)| (key, place, entry))
        });
        let others = self.ring.iter().filter(|_| self.tries_all).flat_map(|key| {
            let is_other = |entry: &&Entry| entry.fingerprint().is_some_and(|name| name != key.fingerprint());
            entries().filter(move |(_, entry)| is_other(entry)).map(move |(place, entry)| (key, place, entry))
        });
        for (key, entry, wrapped) in named.chain(others) {
            if self.is_spent() {
                return None;
            }
            self.operations.set(self.operations.get().saturating_add(1));
            (self.before_each)();
            if let Some(opened) = wrapped.open(key.pair().private(), label) {
                return Some(OpenedGroup { key: opened, entry, by: Some(key.fingerprint()) });
            }
        }
        let age = self.age?;
        entries().find_map(|(entry, wrapped)| {
            let Entry::Age { recipient, key } = wrapped else { return None };
            age(recipient, key).map(|key| OpenedGroup { key, entry, by: None })
        })
    }

    /// Whether the entries have cost as many private-key operations as they may.
    fn is_spent(&self) -> bool {
        !self.tries_all && self.operations.get() >= MOST_OPERATIONS
    }
}
