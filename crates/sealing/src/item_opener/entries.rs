//! [`Entries`]: the annotation for the recipients of one object, and the object keys that this ring opens, each once.

use crate::item_error::ItemErrorKind;
use crate::key_ring::KeyRing;
use crate::keys::AgeOpener;
use api::Scope;
use api::annotations::RECIPIENTS;
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
    operations: Cell<u32>,
    /// What each group gave, by scope and index.
    opened: RefCell<BTreeMap<(&'static str, usize), Option<OpenedGroup>>>,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(annotations: Option<&BTreeMap<String, String>>, ring: &'a KeyRing) -> Self {
        let text = annotations.and_then(|annotations| annotations.get(RECIPIENTS));
        Self {
            recipients: text.map(|text| Recipients::from_text(text)),
            ring,
            age: None,
            operations: Cell::new(0),
            opened: RefCell::default(),
        }
    }

    /// These entries, with what opens those for age identities.
    pub(crate) fn with_age(self, age: Option<AgeOpener<'a>>) -> Self {
        Self { age, ..self }
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

    /// Why an item was perhaps not opened that no key opened.
    pub(crate) fn why_not(&self) -> Option<ItemErrorKind> {
        if let Some(error) = self.error() {
            return Some(ItemErrorKind::BadRecipients(error.clone()));
        }
        (self.operations.get() >= MOST_OPERATIONS).then_some(ItemErrorKind::EntriesNotTried)
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
        let mut opened = self.opened.borrow_mut();
        let group = opened.entry((scope.as_str(), index)).or_insert_with(|| self.open_group(label, index));
        group.as_ref().map(then)
    }

    /// Tries the keys that the entries name, the newest first, then the age identities.
    fn open_group(&self, label: &[u8], index: usize) -> Option<OpenedGroup> {
        let group = self.recipients()?.groups().get(index)?;
        for key in self.ring.iter() {
            let fingerprint = key.fingerprint();
            let named =
                group.to().iter().enumerate().filter(|(_, entry)| entry.fingerprint() == Some(fingerprint));
            for (place, entry) in named {
                if self.operations.get() >= MOST_OPERATIONS {
                    return None;
                }
                self.operations.set(self.operations.get() + 1);
                if let Some(opened) = entry.open(key.pair().private(), label) {
                    return Some(OpenedGroup { key: opened, entry: place, by: Some(fingerprint) });
                }
            }
        }
        let age = self.age?;
        group.to().iter().enumerate().find_map(|(place, entry)| {
            let Entry::Age { recipient, key } = entry else { return None };
            age(recipient, key).map(|key| OpenedGroup { key, entry: place, by: None })
        })
    }
}
