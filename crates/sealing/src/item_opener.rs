//! [`Place`]: where the items of an object claim to belong, and the keys that may open them there.

use crate::base64_text::decode;
use crate::key_ring::KeyRing;
use crate::opener::{Effort, Opener};
use crate::unseal::ItemFault;
use api::Scope;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::{Fingerprint, OpenError, Plaintext};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;

/// The place that an object's own metadata states, and nothing else does.
pub(crate) struct Place<'a> {
    opener: Opener<'a>,
    scope: Scope,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> Place<'a> {
    /// The place of the object with this metadata, to be tried as long as an object of anybody's may take.
    pub(crate) fn of(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::tried(metadata, ring, Effort::Bounded)
    }

    /// The place of the object with this metadata, to be tried no longer than a question of anybody's may take.
    pub(crate) fn asked_about(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::tried(metadata, ring, Effort::Asked)
    }

    /// The place of the object with this metadata, to be tried with every key, however long that takes.
    pub(crate) fn tried_wholly(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::tried(metadata, ring, Effort::Whole)
    }

    fn tried(metadata: &'a ObjectMeta, ring: &'a KeyRing, effort: Effort) -> Self {
        let annotations = metadata.annotations.as_ref();
        let hint = annotations
            .and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT))
            .and_then(|hint| hint.parse::<Fingerprint>().ok());
        Self {
            opener: Opener::new(ring, hint, effort),
            scope: Scope::of(annotations),
            namespace: metadata.namespace.as_deref().unwrap_or_default(),
            name: metadata.name.as_deref().unwrap_or_default(),
        }
    }

    /// Opens an item, or says why not, as well as can be told: this is for the object's own status.
    pub(crate) fn open(&self, sealed: &str) -> Result<Plaintext, ItemFault> {
        if self.opener.is_spent() {
            return Err(ItemFault::NotTried);
        }
        let envelope = decode(sealed).ok_or(ItemFault::NotBase64)?;
        let open = |scope| self.open_under(scope, &envelope);
        match open(self.scope) {
            Ok(value) => Ok(value),
            Err(OpenError::Truncated(_)) => Err(ItemFault::Truncated),
            // Only names the scope it was sealed with; the value is dropped, wiped, unseen.
            Err(OpenError::DoesNotOpen) => Err(Scope::ALL
                .into_iter()
                .filter(|scope| *scope != self.scope)
                .find(|scope| open(*scope).is_ok())
                .map_or(ItemFault::NoKeyOpens, ItemFault::OtherScope)),
        }
    }

    /// Whether the object has cost as many tries as it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.opener.is_spent()
    }

    /// The keys that opened items so far.
    pub(crate) fn opened_by(&self) -> BTreeSet<Fingerprint> {
        self.opener.opened()
    }

    /// How often anything opened so far, under whichever scope.
    pub(crate) fn opens(&self) -> u32 {
        self.opener.opens()
    }

    /// Opens an item or does not: for a client that may ask about objects that are not its own.
    pub(crate) fn open_or_not(&self, sealed: &str) -> Option<Plaintext> {
        self.open_under(self.scope, &decode(sealed)?).ok()
    }

    fn open_under(&self, scope: Scope, envelope: &[u8]) -> Result<Plaintext, OpenError> {
        self.opener.open(&scope.label(self.namespace, self.name), envelope)
    }
}
