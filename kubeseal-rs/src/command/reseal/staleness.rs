//! [`Present`]: tells whether a SealedSecret is sealed to the present certificate.

use crate::sealed_file::SealedObject;
use api::Scope;
use api::annotations::CERTIFICATE_FINGERPRINT;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Fingerprint, PrivateKey, open};
use sealing::KeyRing;

/// The present certificate, with its private key where that is at hand.
pub(super) struct Present<'a> {
    fingerprint: Fingerprint,
    key: Option<&'a PrivateKey>,
    /// That of SealedSecrets which name none.
    namespace: Option<&'a str>,
}

/// A SealedSecret that is sealed to another certificate.
pub(super) struct Old {
    /// By the hint, unless that was found wrong.
    pub fingerprint: Option<Fingerprint>,
}

impl<'a> Present<'a> {
    pub(super) fn new(certificate: &Certificate, keys: &'a KeyRing, namespace: Option<&'a str>) -> Self {
        let mut pairs = keys.iter().map(sealing::SealingKey::pair);
        let pair = pairs.find(|pair| pair.certificate().public() == certificate.public());
        Self { fingerprint: certificate.fingerprint(), key: pair.map(envelope::KeyPair::private), namespace }
    }

    /// None where the SealedSecret is up to date. The hint is believed where there is no private key to try: who writes
    /// a wrong one can as well write items that never open.
    pub(super) fn old(&self, object: &SealedObject) -> Option<Old> {
        if object.spec.encrypted_data.is_empty() && object.spec.data.is_none() {
            return None;
        }
        let hint = hint(object);
        let opens = |key| opens(key, &self.label(object), object);
        let is_present = match hint {
            // Without its namespace, nothing opens, whatever it was sealed to.
            Some(hint) if hint == self.fingerprint => !self.has_place(object) || self.key.is_none_or(opens),
            Some(_) => false,
            None => self.key.is_some_and(opens),
        };
        (!is_present).then(|| Old { fingerprint: hint.filter(|hint| *hint != self.fingerprint) })
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

    /// What to note on a SealedSecret that is up to date and does not say so.
    pub(super) fn hint_for(&self, object: &SealedObject) -> Option<String> {
        let is_told = hint(object).is_some() || object.spec.encrypted_data.is_empty();
        (!is_told).then(|| self.fingerprint.to_string())
    }
}

fn hint(object: &SealedObject) -> Option<Fingerprint> {
    object.metadata.annotations.as_ref()?.get(CERTIFICATE_FINGERPRINT)?.parse().ok()
}

fn opens(key: &PrivateKey, label: &[u8], object: &SealedObject) -> bool {
    let items = &object.spec.encrypted_data;
    let opens = |sealed: &String| {
        BASE64_STANDARD.decode(sealed).is_ok_and(|envelope| open(key, label, &envelope).is_ok())
    };
    object.spec.data.is_none() && items.values().all(opens)
}
