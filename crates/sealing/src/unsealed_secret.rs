//! [`UnsealedSecret`]: the Secret that a SealedSecret describes, values included, on its way to the API server.

use envelope::{Fingerprint, Plaintext};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use recipients::FormatError;
use std::collections::{BTreeMap, BTreeSet};

/// A Secret to be written. It can be neither cloned nor printed; its values are wiped on drop.
pub struct UnsealedSecret {
    /// Name, namespace, owner and what the template adds.
    pub metadata: ObjectMeta,
    /// The Secret's type; the API server's default is `Opaque`.
    pub type_: Option<String>,
    /// Whether the Secret is to be immutable.
    pub immutable: Option<bool>,
    /// The opened and rendered values.
    pub data: BTreeMap<String, Plaintext>,
    /// The keys that opened them; none where there was nothing to open.
    pub opened_by: BTreeSet<Fingerprint>,
    /// Keys of rendered values that differ at each rendering: they come from the clock, from randomness, or are new keys.
    pub varying: BTreeSet<String>,
    /// Whether templates were rendered. Then an error about the values may answer a question that the templates ask.
    pub templated: bool,
    /// Why the annotation for the recipients was not read, if it is there: the items opened without it.
    pub unread_recipients: Option<FormatError>,
}

/// The type the API server gives a Secret that names none.
const OPAQUE: &str = "Opaque";

impl UnsealedSecret {
    /// The type that the written Secret will have.
    pub fn effective_type(&self) -> &str {
        self.type_.as_deref().filter(|name| !name.is_empty()).unwrap_or(OPAQUE)
    }

    /// Replaces the values that differ at each rendering by those of `existing`.
    pub fn keep_varying(&mut self, existing: &Secret) {
        for key in &self.varying {
            if let Some(value) = existing.data.as_ref().and_then(|data| data.get(key)) {
                self.data.insert(key.clone(), Plaintext::new(value.0.clone()));
            }
        }
    }

    /// Whether `existing` has exactly these values.
    pub fn same_data(&self, existing: &Secret) -> bool {
        let none = BTreeMap::new();
        let existing = existing.data.as_ref().unwrap_or(&none);
        existing.len() == self.data.len() && self.are_in(existing)
    }

    /// Whether `existing` has all of these values, and perhaps others.
    pub fn data_within(&self, existing: &Secret) -> bool {
        self.are_in(existing.data.as_ref().unwrap_or(&BTreeMap::new()))
    }

    fn are_in(&self, existing: &BTreeMap<String, ByteString>) -> bool {
        let is_in = |(key, value): (&String, &Plaintext)| {
            existing.get(key).is_some_and(|existing| existing.0.as_slice() == value.expose())
        };
        self.data.iter().all(is_in)
    }
}

impl std::fmt::Debug for UnsealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnsealedSecret")
            .field("namespace", &self.metadata.namespace)
            .field("name", &self.metadata.name)
            .field("items", &self.data.len())
            .finish_non_exhaustive()
    }
}
