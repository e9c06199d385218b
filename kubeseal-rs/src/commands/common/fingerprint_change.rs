//! `fingerprint_change`: the annotations that say which certificates the items of a SealedSecret are sealed with, after some were sealed anew.
//!
//! Decided: the annotation of the one certificate is removed where items are sealed with several, because it would be true of some only; then
//! another annotation names the items of each. So an item that stays with a leaked key is still known.

use crate::certificate::is_revoked;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::escape::shown;
use crate::terminal::warnings::alert;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
use envelope::Certificate;
use sealing::ItemCertificates;
use yaml_edit_in_place::Change;

/// The changes of the annotations of `object`, of which the items `new` are sealed with `certificate`, and `stay` remain as they were.
pub(crate) fn fingerprint_change(
    object: &SealedObject,
    certificate: &Certificate,
    new: &[&str],
    stay: &[&str],
) -> Vec<Change> {
    let annotations = object.metadata.annotations.as_ref();
    let before = ItemCertificates::of(annotations);
    warn_of_leaks(object, &before, stay);
    let after = before.changed(stay, new, certificate.fingerprint()).annotations().into_iter();
    let is_other = |(name, text): &(&str, Option<String>)| {
        annotations.and_then(|annotations| annotations.get(*name)) != text.as_ref()
    };
    after.filter(is_other).map(|(name, text)| SealedField::Annotation(name).set_or_remove(text)).collect()
}

/// The changes of the annotations after all items were sealed with the certificate of this fingerprint.
pub(crate) fn sealed_with_one(fingerprint: String) -> [Change; 2] {
    [
        SealedField::Annotation(CERTIFICATE_FINGERPRINT).set(fingerprint),
        SealedField::Annotation(ITEM_CERTIFICATES).remove(),
    ]
}

/// The user changes values now, and may think that this was all.
fn warn_of_leaks(object: &SealedObject, before: &ItemCertificates, stay: &[&str]) {
    let leaked = |name: &&&str| before.candidates(name).into_iter().any(is_revoked);
    let leaked: Vec<&str> = stay.iter().filter(leaked).copied().collect();
    if leaked.is_empty() {
        return;
    }
    // Of those whose names were left out, some may have another certificate.
    let are_known = leaked.iter().all(|name| before.of_item(name).is_some());
    let items = if are_known {
        leaked.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")
    } else {
        "some items".to_owned()
    };
    alert(format_args!(
        "{items} of {}: still sealed with a key that leaked and was revoked; change each such value where it comes from, and seal the new one",
        object.location
    ));
}
