//! [`needs`]: which keys an object was sealed with, found by trying: they must not be retired.

use crate::item_opener::ItemOpener;
use crate::keys::key_ring::KeyRing;
use api::SealedSecretSpec;
use envelope::Fingerprint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;

/// What trying showed. No value stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The keys that open something of it, under whichever scope.
    pub keys: BTreeSet<Fingerprint>,
    /// Whether something of it opened with no key.
    pub unopened: bool,
}

/// Tries the keys of `ring` on every item of the object with this metadata.
///
/// An item that opens under another scope than the object states needs its key too, because the annotation may be corrected.
///
/// Every item is tried, however many do not open: an item that was not tried would seem to need no key, and its key would be taken out.
pub fn needs(metadata: &ObjectMeta, spec: &SealedSecretSpec, ring: &KeyRing) -> Needs {
    let opener = ItemOpener::unbounded(metadata, ring);
    let mut unopened = false;
    let items = spec.encrypted_data.iter().map(|(name, sealed)| (Some(name.as_str()), sealed));
    for (name, sealed) in items.chain(spec.data.iter().map(|sealed| (None, sealed))) {
        let before = opener.opens();
        // The value is dropped, and wiped; an item that only opens under another scope counts among what opened.
        let opened = name.map_or_else(|| opener.open_unnamed(sealed), |name| opener.open(name, sealed));
        unopened |= opened.is_err() && opener.opens() == before;
        // An item that opened by its entry may have an envelope for an older key of the same cluster. Upstream's controller needs that key.
        if let Some(name) = name.filter(|name| opener.has_entry(name)) {
            drop(opener.session_key_of_envelope(name, sealed));
        }
    }
    Needs { keys: opener.opened_by(), unopened }
}
