//! [`Present`]: whether a SealedSecret is sealed to the present certificate.
//!
//! Decided: the certificate's private key is tried wherever it is available, from a file or from the cluster, because
//! the fingerprint annotation may be wrong: an item that was sealed with an older certificate may have been pasted in.
//! The key is requested from the cluster only if the user may read it, so that the runs of other users leave no refused
//! requests for private keys in the audit log.

use crate::certificate::is_revoked;
use crate::commands::common::seal_for::annotation;
use crate::controller::address::ControllerAddress;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::StoredKey;
use crate::manifest::sealed_secrets::SealedObject;
use api::Scope;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Fingerprint, PrivateKey, open};
use recipients::Group;
use sealing::{ItemCertificates, KeyRing, SealingKey};
use std::cell::OnceCell;
use std::sync::Arc;

/// The present certificate, with its private key if that is available.
pub(crate) struct Present<'a> {
    certificate: &'a Certificate,
    /// The private key from a file.
    given: Option<&'a PrivateKey>,
    /// The private key from the cluster, once it was requested; None if it cannot be read.
    fetched: OnceCell<Option<Arc<SealingKey>>>,
    /// Whether nothing counts as up to date (`--all`).
    all: bool,
    /// The namespace of SealedSecrets that have none.
    namespace: Option<&'a str>,
    /// The cluster whose keys may be read.
    key_store: Option<&'a ControllerAddress>,
}

/// A SealedSecret that is sealed to another certificate.
pub(crate) struct Old {
    /// The other certificates that its annotations name.
    pub keys: Vec<Fingerprint>,
    /// Whether it names the present certificate, whose key does not open it: it was changed since, or an item of another certificate was
    /// pasted in.
    pub is_misnamed: bool,
}

impl Old {
    /// The first of them whose key was revoked: others may know its values.
    pub(crate) fn leaked(&self) -> Option<Fingerprint> {
        self.keys.iter().copied().find(|key| is_revoked(*key))
    }
}

impl<'a> Present<'a> {
    pub(crate) fn new(
        certificate: &'a Certificate,
        keys: &'a KeyRing,
        all: bool,
        namespace: Option<&'a str>,
        key_store: Option<&'a ControllerAddress>,
    ) -> Self {
        let mut pairs = keys.iter().map(SealingKey::pair);
        let pair = pairs.find(|pair| pair.certificate().public() == certificate.public());
        let given = pair.map(envelope::KeyPair::private);
        Self { certificate, given, fetched: OnceCell::new(), all, namespace, key_store }
    }

    /// None if the SealedSecret is up to date. The annotation is believed if there is no private key to try.
    pub(crate) fn old(&self, object: &SealedObject) -> Option<Old> {
        if object.spec.encrypted_data.is_empty() && object.spec.data.is_none() {
            return None;
        }
        let (named, present) = (certificates(object), self.certificate.fingerprint());
        let opens = |key| opens(key, &self.label(object), object);
        let is_present = !self.all
            && match named.of_all() {
                // Without its namespace, nothing opens, whatever it was sealed to.
                Some(hint) if hint == present => !self.has_place(object) || self.key().is_none_or(opens),
                // It is sealed for another cluster, and for this one in the annotation for the recipients.
                Some(_) => has_entries_for(object, present),
                None => object.spec.data.is_none() && self.opens_each(&named, object),
            };
        (!is_present).then(|| Old {
            keys: named.keys().filter(|key| *key != present).collect(),
            is_misnamed: !self.all && named.of_all() == Some(present),
        })
    }

    /// Whether the certificate opens each item of a SealedSecret whose items have several certificates, or unknown ones.
    fn opens_each(&self, named: &ItemCertificates, object: &SealedObject) -> bool {
        let (present, label) = (self.certificate.fingerprint(), self.label(object));
        let recipients = annotation::read(object).ok().flatten();
        let has_entry = |name: &str| {
            let mut groups = recipients.iter().flat_map(|recipients| recipients.groups_with(name));
            groups.any(|(_, group)| is_among(present, group))
        };
        object.spec.encrypted_data.iter().all(|(name, sealed)| match named.of_item(name) {
            Some(hint) if hint == present => {
                !self.has_place(object) || self.key().is_none_or(|key| opens_item(key, &label, sealed))
            }
            Some(_) if has_entry(name) => true,
            _ => self.has_place(object) && self.key().is_some_and(|key| opens_item(key, &label, sealed)),
        })
    }

    fn key(&self) -> Option<&PrivateKey> {
        let fetched = || self.fetched.get_or_init(|| fetch(self.key_store?, self.certificate));
        self.given.or_else(|| fetched().as_ref().map(|key| key.pair().private()))
    }

    fn has_place(&self, object: &SealedObject) -> bool {
        object.scope() == Scope::ClusterWide || self.namespace_of(object).is_some()
    }

    fn namespace_of<'o>(&'o self, object: &'o SealedObject) -> Option<&'o str> {
        object.metadata.namespace.as_deref().or(self.namespace)
    }

    fn label(&self, object: &SealedObject) -> Vec<u8> {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        object.scope().label(self.namespace_of(object).unwrap_or_default(), name)
    }

    /// The fingerprint to be written on a SealedSecret that is up to date and has none, if all its items are sealed with this certificate.
    pub(crate) fn hint_for(&self, object: &SealedObject) -> Option<String> {
        let present = self.certificate.fingerprint();
        let is_stated = ItemCertificates::of(object.metadata.annotations.as_ref()).of_all().is_some();
        if is_stated || object.spec.encrypted_data.is_empty() {
            return None;
        }
        let opens = || self.key().is_some_and(|key| opens(key, &self.label(object), object));
        (certificates(object).of_all() == Some(present) || opens()).then(|| present.to_string())
    }
}

/// The private key of this certificate, if the user may read the keys of the cluster, and it is there in plain. An error is ignored.
fn fetch(controller: &ControllerAddress, certificate: &Certificate) -> Option<Arc<SealingKey>> {
    let store = KeyStore::connect(controller).ok()?;
    if !store.may_list_keys() {
        return None;
    }
    let keys = store.keys().ok()?;
    let mut keys = keys.iter().filter_map(StoredKey::plain);
    keys.find(|key| key.pair().certificate().public() == certificate.public()).cloned()
}

/// Whether the present certificate is among the recipients of all groups.
fn has_entries_for(object: &SealedObject, present: Fingerprint) -> bool {
    let Ok(Some(recipients)) = annotation::read(object) else { return false };
    recipients.groups().iter().all(|group| is_among(present, group))
}

fn is_among(present: Fingerprint, group: &Group) -> bool {
    group.to().iter().any(|entry| entry.fingerprint() == Some(present))
}

fn certificates(object: &SealedObject) -> ItemCertificates {
    ItemCertificates::of(object.metadata.annotations.as_ref())
        .among(object.spec.encrypted_data.keys().map(String::as_str))
}

fn opens(key: &PrivateKey, label: &[u8], object: &SealedObject) -> bool {
    let items = &object.spec.encrypted_data;
    object.spec.data.is_none() && items.values().all(|sealed| opens_item(key, label, sealed))
}

fn opens_item(key: &PrivateKey, label: &[u8], sealed: &str) -> bool {
    BASE64_STANDARD.decode(sealed).is_ok_and(|envelope| open(key, label, &envelope).is_ok())
}
