//! [`Resealed`]: the parts of the controller's response that are used.
//!
//! Decided: the items, the fingerprint and the entries for recipients only, because the controller must not change the rest. A response with
//! another scope is an error. So is one with another sealed value for an item that has an entry: upstream's controller does not know the
//! entries, and would take the item from all clusters but its own.

use crate::error::Hint;
use crate::manifest::sealed_field::SealedField;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS};
use api::{Scope, SealedSecretSpec, decode};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{decode_base64, recipients_in};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use yaml_edit_in_place::Change;

/// Items that are sealed to the newest key.
pub(crate) struct Resealed {
    pub items: BTreeMap<String, String>,
    /// Fingerprint of that key's certificate, if the controller sends it.
    pub hint: Option<String>,
    /// The annotation for the certificates of the items, if some items stay as they were and there is no one certificate of all.
    pub item_certificates: Option<String>,
    /// The annotation for the recipients; None if there is none.
    pub recipients: Option<String>,
}

/// The controller's response is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnexpectedObject {
    /// It is not the SealedSecret with other ciphertexts.
    #[error("what the controller answered for the SealedSecret in {0} is not the same SealedSecret")]
    Another(String),
    /// It lost the entries for recipients.
    #[error(
        "the controller does not know the recipients of the SealedSecret in {0}: its answer opens in one cluster only"
    )]
    LosesRecipients(String),
}

#[derive(Deserialize)]
struct RotatedObject {
    metadata: ObjectMeta,
    spec: SealedSecretSpec,
}

impl Hint for UnexpectedObject {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Another(_) => {
                "check --controller-name, --controller-namespace and --context; nothing was changed".into()
            }
            Self::LosesRecipients(_) => {
                "reseal with the private keys, or by a controller of this project; nothing was changed".into()
            }
        })
    }
}

impl Resealed {
    /// Reads the response about the SealedSecret in `location`, which has this metadata and spec. None without a response.
    pub(crate) fn of(
        location: &str,
        answer: Option<Value>,
        metadata: &ObjectMeta,
        spec: &SealedSecretSpec,
    ) -> Option<Result<Self, UnexpectedObject>> {
        let answer = decode::<RotatedObject>(answer?).ok().filter(|answer| {
            metadata.name == answer.metadata.name
                && metadata.namespace == answer.metadata.namespace
                && scope(metadata) == scope(&answer.metadata)
                && spec.encrypted_data.keys().eq(answer.spec.encrypted_data.keys())
        });
        let Some(answer) = answer else { return Some(Err(UnexpectedObject::Another(location.to_owned()))) };
        if loses_recipients(metadata, spec, &answer) {
            return Some(Err(UnexpectedObject::LosesRecipients(location.to_owned())));
        }
        let annotation = |name| answer.metadata.annotations.as_ref().and_then(|all| all.get(name)).cloned();
        let (hint, recipients) = (annotation(CERTIFICATE_FINGERPRINT), annotation(RECIPIENTS));
        let items = &answer.spec.encrypted_data;
        let some_stay = items.iter().any(|(name, item)| spec.encrypted_data.get(name) == Some(item));
        let is_mixed = some_stay && hint.is_none();
        let item_certificates = is_mixed.then(|| annotation(ITEM_CERTIFICATES)).flatten();
        Some(Ok(Self { hint, item_certificates, recipients, items: answer.spec.encrypted_data }))
    }

    /// The changes that write it into the SealedSecret of a file.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        let items = self.items.into_iter().map(|(key, item)| SealedField::Item(&key).set(item));
        let hint = SealedField::Annotation(CERTIFICATE_FINGERPRINT).set_or_remove(self.hint);
        let of_items = SealedField::Annotation(ITEM_CERTIFICATES).set_or_remove(self.item_certificates);
        let recipients =
            self.recipients.map(|recipients| SealedField::Annotation(RECIPIENTS).set(recipients));
        items.chain([hint, of_items]).chain(recipients).collect()
    }
}

fn scope(metadata: &ObjectMeta) -> Scope {
    Scope::of(metadata.annotations.as_ref())
}

/// Whether the answer takes items from other recipients: an item that has an entry has another sealed value, so that the entry is outdated;
/// or entries are not what they were, but for the one that the controller wrapped again.
fn loses_recipients(metadata: &ObjectMeta, spec: &SealedSecretSpec, answer: &RotatedObject) -> bool {
    let Some(before) = recipients_in(metadata.annotations.as_ref()) else { return false };
    let after = recipients_in(answer.metadata.annotations.as_ref());
    let (Ok(before), Some(Ok(after))) = (before, after) else { return true };
    let sealed_part = |sealed: &String| {
        let envelope = decode_base64(sealed)?;
        envelope::sealed_part(&envelope).ok().map(<[u8]>::to_vec)
    };
    !after.is_resealed_from(&before)
        || spec.encrypted_data.iter().filter(|(name, _)| before.groups_with(name).next().is_some()).any(
            |(name, sealed)| {
                sealed_part(sealed) != answer.spec.encrypted_data.get(name).and_then(sealed_part)
            },
        )
}
