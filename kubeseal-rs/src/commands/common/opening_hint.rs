//! [`opening_hint`]: what a user who opens SealedSecrets with keys of their own does next, if the keys do not open one.

use crate::manifest::sealed_secrets::{NAMESPACE_HINT, lacks_namespace};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use recipients::{Entry, Group, Recipients};
use sealing::{Diagnosis, ItemErrorKind, UnsealError, recipients_in};
use std::collections::BTreeSet;

/// Whether the command opens with age identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identities {
    /// It does, and was given some.
    Given,
    /// It does, and was given none.
    NoneGiven,
    /// It opens with private keys only.
    NotTaken,
}

/// What to do about items that no key opens.
const DAMAGED: &str = "take what is cut off, or not base64, from an earlier version of the file (`git log -p FILE` shows them), or seal that \
                       value again";

/// What is necessary to open an object with this metadata; None if the error says it.
pub(crate) fn opening_hint(
    error: &UnsealError,
    metadata: &ObjectMeta,
    identities: Identities,
) -> Option<String> {
    let damage = is_damaged(error).then(|| DAMAGED.to_owned());
    if !error.wants_key() {
        return damage;
    }
    let keys = keys_hint(error, metadata, identities);
    Some(damage.map_or_else(|| keys.clone(), |damage| format!("{keys}; {damage}")))
}

fn is_damaged(error: &UnsealError) -> bool {
    let is_damage =
        |kind: &ItemErrorKind| matches!(kind, ItemErrorKind::NotBase64 | ItemErrorKind::Truncated);
    match error {
        UnsealError::Items(items) | UnsealError::Templates { items, .. } => {
            items.iter().any(|item| is_damage(&item.kind))
        }
        UnsealError::DeprecatedItem(kind) => is_damage(kind),
        _ => false,
    }
}

fn keys_hint(error: &UnsealError, metadata: &ObjectMeta, identities: Identities) -> String {
    if lacks_namespace(metadata) {
        return NAMESPACE_HINT.into();
    }
    let is_elsewhere = |diagnosis: &Diagnosis| matches!(diagnosis, Diagnosis::OtherPlace { .. });
    if error.diagnoses().count() > 0 && error.diagnoses().all(is_elsewhere) {
        return "write the name and namespace that it was sealed for into a copy of it, and open that".into();
    }
    let age: BTreeSet<String> = match recipients_in(metadata.annotations.as_ref()) {
        Some(Ok(recipients)) => age_recipients(&recipients).collect(),
        _ => BTreeSet::new(),
    };
    let age: Vec<&str> = age.iter().map(String::as_str).collect();
    let identity = match identities {
        Identities::NotTaken => String::new(),
        Identities::NoneGiven if age.is_empty() => String::new(),
        Identities::Given if age.is_empty() => {
            "; it is sealed for no age recipient, so that an --identity opens backups of keys alone"
                .to_owned()
        }
        Identities::Given | Identities::NoneGiven => {
            format!(
                ", or the identity of an age recipient that it is sealed for ({}) with --identity FILE",
                age.join(", ")
            )
        }
    };
    format!(
        "give every sealing key the cluster ever had, with --recovery-private-key FILE once for each file{identity}; name, namespace \
         and scope must be those it was sealed for"
    )
}

fn age_recipients(recipients: &Recipients) -> impl Iterator<Item = String> {
    recipients.groups().iter().flat_map(Group::to).filter_map(|entry| match entry {
        Entry::Age { recipient, .. } => Some(recipient.to_string()),
        Entry::Certificate { .. } => None,
    })
}
