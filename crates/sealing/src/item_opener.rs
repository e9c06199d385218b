//! [`ItemOpener`]: opens the items of one object, for the namespace, name and scope that its metadata states.

mod trials;

use crate::base64_text::decode_base64;
use crate::item_error::ItemErrorKind;
use crate::key_ring::KeyRing;
use api::Scope;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::{Fingerprint, OpenError, Plaintext};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;
use trials::{Effort, Trials};

/// Opens the items of one object. The namespace, name and scope are those of the object's own metadata.
pub(crate) struct ItemOpener<'a> {
    trials: Trials<'a>,
    scope: Scope,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> ItemOpener<'a> {
    /// For a controller, which any user may give objects: the number of tries is bounded.
    pub(crate) fn bounded(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::new(metadata, ring, Effort::Bounded)
    }

    /// For a request that any user may send, and send again: the number of tries is small.
    pub(crate) fn for_request(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::new(metadata, ring, Effort::Request)
    }

    /// For a user who has the keys: every key is tried, however long that takes.
    pub(crate) fn unbounded(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::new(metadata, ring, Effort::Unbounded)
    }

    fn new(metadata: &'a ObjectMeta, ring: &'a KeyRing, effort: Effort) -> Self {
        let annotations = metadata.annotations.as_ref();
        let hint = annotations
            .and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT))
            .and_then(|hint| hint.parse::<Fingerprint>().ok());
        Self {
            trials: Trials::new(ring, hint, effort),
            scope: Scope::of(annotations),
            namespace: metadata.namespace.as_deref().unwrap_or_default(),
            name: metadata.name.as_deref().unwrap_or_default(),
        }
    }

    /// Opens an item, or says why it does not open. The reason is for the object's own status.
    pub(crate) fn open(&self, sealed: &str) -> Result<Plaintext, ItemErrorKind> {
        if self.trials.is_spent() {
            return Err(ItemErrorKind::NotTried);
        }
        let envelope = decode_base64(sealed).ok_or(ItemErrorKind::NotBase64)?;
        let open = |scope| self.open_under(scope, &envelope);
        match open(self.scope) {
            Ok(value) => Ok(value),
            Err(OpenError::Truncated(_)) => Err(ItemErrorKind::Truncated),
            // This only finds the scope that it was sealed with. The value is dropped, and so wiped.
            Err(OpenError::DoesNotOpen) => Err(Scope::ALL
                .into_iter()
                .filter(|scope| *scope != self.scope)
                .find(|scope| open(*scope).is_ok())
                .map_or(ItemErrorKind::NoKeyOpens, ItemErrorKind::OtherScope)),
        }
    }

    /// Whether the object has cost as many tries as it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.trials.is_spent()
    }

    /// The keys that opened items so far.
    pub(crate) fn opened_by(&self) -> BTreeSet<Fingerprint> {
        self.trials.opened()
    }

    /// How often anything opened so far, under whichever scope.
    pub(crate) fn opens(&self) -> u32 {
        self.trials.opens()
    }

    /// Opens an item, without a reason if it does not open: for clients that may send objects which are not theirs.
    pub(crate) fn open_or_not(&self, sealed: &str) -> Option<Plaintext> {
        self.open_under(self.scope, &decode_base64(sealed)?).ok()
    }

    fn open_under(&self, scope: Scope, envelope: &[u8]) -> Result<Plaintext, OpenError> {
        self.trials.open(&scope.label(self.namespace, self.name), envelope)
    }
}
