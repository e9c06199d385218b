//! [`NewGroup`]: makes a group, with a fresh object key.

use crate::age_recipient::AgeRecipient;
use crate::entry::Entry;
use crate::group::Group;
use crate::item::Item;
use crate::object_key::ObjectKey;
use envelope::{AesKey, Certificate, SealError};
use rand::TryCryptoRng;
use std::collections::BTreeMap;

/// A group that is being made, for the object with one label.
#[derive(Debug)]
pub struct NewGroup<'a> {
    label: &'a [u8],
    object_key: ObjectKey,
    to: Vec<Entry>,
    items: BTreeMap<String, Item>,
}

impl<'a> NewGroup<'a> {
    /// Begins a group. `label` is that of the object's scope.
    pub fn new<R: TryCryptoRng>(rng: &mut R, label: &'a [u8]) -> Result<Self, SealError> {
        let object_key = ObjectKey::generate(rng)?;
        Ok(Self { label, object_key, to: Vec::new(), items: BTreeMap::new() })
    }

    /// Adds a cluster.
    pub fn add_certificate(&mut self, certificate: &Certificate) -> Result<(), SealError> {
        self.to.push(Entry::seal(certificate, self.label, &self.object_key)?);
        Ok(())
    }

    /// Adds an age identity. `encrypt` gets the object key, and gives it back as an age file for this recipient.
    pub fn add_age<E>(
        &mut self,
        recipient: AgeRecipient,
        encrypt: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<(), E> {
        let key = encrypt(self.object_key.aes().expose())?;
        self.to.push(Entry::Age { recipient, key });
        Ok(())
    }

    /// Adds the item `name`, whose envelope has this session key and AES part ([`envelope::sealed_part`]).
    pub fn add_item<R: TryCryptoRng>(
        &mut self,
        rng: &mut R,
        name: &str,
        sealed_part: &[u8],
        session_key: &AesKey,
    ) -> Result<(), SealError> {
        let item = Item::seal(rng, &self.object_key, self.label, name, sealed_part, session_key)?;
        self.items.insert(name.to_owned(), item);
        Ok(())
    }

    /// The group, whose object key is then known to its recipients only. None if it has no recipient or no item.
    #[must_use]
    pub fn finish(self) -> Option<Group> {
        let is_group = !self.to.is_empty() && !self.items.is_empty();
        is_group.then_some(Group { to: self.to, items: self.items })
    }
}
