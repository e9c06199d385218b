//! `fingerprint_change`: the fingerprint annotation of a SealedSecret of which some items were sealed anew.
//!
//! Decided: no annotation rather than a wrong one, because there is one for all items, so that it is true only if all
//! of them were sealed to the same certificate; without it, the SealedSecret counts as sealed to an older one.

use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::Certificate;
use yaml_edit_in_place::Change;

/// The change of the fingerprint annotation of `object`, which got new items sealed with `certificate`. `some_stay`
/// says whether other items stay as they were.
pub(crate) fn fingerprint_change(
    object: &SealedObject,
    certificate: &Certificate,
    some_stay: bool,
) -> Option<Change> {
    const HINT: SealedField<'_> = SealedField::Annotation(CERTIFICATE_FINGERPRINT);
    let annotations = object.metadata.annotations.as_ref();
    let before = annotations.and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT));
    let present = certificate.fingerprint().to_string();
    if before == Some(&present) {
        None
    } else if some_stay {
        before.map(|_| HINT.remove())
    } else {
        Some(HINT.set(present))
    }
}
