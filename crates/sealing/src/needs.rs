//! [`needs`]: which keys an object was sealed with, found by trying: they must not be retired.

use crate::item_error::ItemErrorKind;
use crate::item_error::diagnosis::Diagnosis;
use crate::item_error::scope_change::ScopeChange;
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
    /// Where something of it opens only under another scope than its annotations state.
    pub unstated: Option<Unstated>,
}

/// What helps something that opens only under a scope that the annotations do not state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstated {
    /// These annotations have to change.
    Annotations(ScopeChange),
    /// Its items have several scopes: some have to be sealed again.
    SeveralScopes,
}

/// Tries the keys of `ring` on every item of the object with this metadata.
///
/// An item that opens under another scope than the object states needs its key too, because the annotation may be corrected.
///
/// Every item is tried, however many do not open: an item that was not tried would seem to need no key, and its key would be taken out.
pub fn needs(metadata: &ObjectMeta, spec: &SealedSecretSpec, ring: &KeyRing) -> Needs {
    let opener = ItemOpener::unbounded(metadata, ring);
    let (mut unopened, mut as_stated) = (false, false);
    let mut changes: Vec<ScopeChange> = Vec::new();
    let items = spec.encrypted_data.iter().map(|(name, sealed)| (Some(name.as_str()), sealed));
    for (name, sealed) in items.chain(spec.data.iter().map(|sealed| (None, sealed))) {
        let before = opener.opens();
        // The value is dropped, and wiped; an item that only opens under another scope counts among what opened.
        let opened = name.map_or_else(|| opener.open_unnamed(sealed), |name| opener.open(name, sealed));
        unopened |= opened.is_err() && opener.opens() == before;
        match opened {
            Ok(_) => as_stated = true,
            Err(ItemErrorKind::NoKeyOpens(Diagnosis::OtherScope { change, .. })) => changes.push(change),
            Err(_) => {}
        }
        // An item that opened by its entry may have an envelope for an older key of the same cluster. Upstream's controller needs that key.
        if let Some(name) = name.filter(|name| opener.has_entry(name)) {
            drop(opener.session_key_of_envelope(name, sealed));
        }
    }
    let is_one = !as_stated && changes.iter().all(|change| Some(change) == changes.first());
    let unstated = changes
        .pop()
        .map(|change| if is_one { Unstated::Annotations(change) } else { Unstated::SeveralScopes });
    Needs { keys: opener.opened_by(), unopened, unstated }
}
