//! [`Present`]: tells whether a SealedSecret is sealed to the present certificate.

use crate::sealed_file::SealedObject;
use api::annotations::CERTIFICATE_FINGERPRINT;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Fingerprint, PrivateKey, open};
use sealing::KeyRing;

/// The present certificate, with its private key where that is at hand.
pub(super) struct Present<'a> {
    fingerprint: Fingerprint,
    key: Option<&'a PrivateKey>,
}

/// A SealedSecret that is sealed to another certificate.
pub(super) struct Old {
    /// By the hint.
    pub fingerprint: Option<Fingerprint>,
}

impl<'a> Present<'a> {
    pub(super) fn new(certificate: &Certificate, keys: &'a KeyRing) -> Self {
        let mut pairs = keys.iter().map(sealing::SealingKey::pair);
        let pair = pairs.find(|pair| pair.certificate().public() == certificate.public());
        Self { fingerprint: certificate.fingerprint(), key: pair.map(envelope::KeyPair::private) }
    }

    /// None where the SealedSecret is up to date. The hint is believed: who writes a wrong one can as well write
    /// items that never open.
    pub(super) fn old(&self, object: &SealedObject) -> Option<Old> {
        if object.spec.encrypted_data.is_empty() && object.spec.data.is_none() {
            return None;
        }
        let hint = hint(object);
        let is_present = match hint {
            Some(hint) => hint == self.fingerprint,
            None => self.key.is_some_and(|key| opens(key, object)),
        };
        (!is_present).then_some(Old { fingerprint: hint })
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

fn opens(key: &PrivateKey, object: &SealedObject) -> bool {
    let label = object.label();
    let items = &object.spec.encrypted_data;
    let opens = |sealed: &String| {
        BASE64_STANDARD.decode(sealed).is_ok_and(|envelope| open(key, &label, &envelope).is_ok())
    };
    object.spec.data.is_none() && items.values().all(opens)
}
