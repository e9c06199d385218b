//! [`WrappedSecret`]: a wrapped key as its Secret holds it; [`Unwrapping`]: what has become of unwrapping it.

use crate::events::about::About;
use crate::keys::key_age::CLOCK_TOLERANCE;
use api::sealing_key::{CERTIFICATE, REPLACES, WRAPPED_KEY};
use envelope::{Certificate, CertificateError};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{FormatError, KeyProof, SlotReport, WrappedKey};
use sealing::{KeyWait, SealingKey};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A wrapped key that was read, and not unwrapped.
#[derive(Debug)]
pub(crate) struct WrappedSecret {
    /// The Secret's name.
    pub name: String,
    pub id: WrappedId,
    pub certificate: Certificate,
    pub key: WrappedKey,
    /// When the API server created the Secret.
    pub created: Option<Timestamp>,
    /// The annotation that proves which Secret it was made to replace.
    replaces: Option<String>,
}

/// A digest of all that unwrapping depends on. A change of a label or an annotation does not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WrappedId([u8; 32]);

/// What has become of unwrapping one version of a key. Absent: it was not tried yet.
#[derive(Debug, Clone)]
pub(crate) enum Unwrapping {
    /// Both halves match.
    Unwrapped {
        key: Arc<SealingKey>,
        /// How its slots differ from those it was wrapped with, and from those configured.
        slots: SlotReport,
    },
    /// A provider did not answer, or could not say that it never will. It is tried again.
    Waiting {
        error: String,
        wait: KeyWait,
        /// Whether the providers of its slots work otherwise: then the fault is perhaps its own, and nothing waits for it.
        alone: bool,
    },
    /// It is not tried again before its Secret changes.
    Failed(String),
}

/// Why a Secret holds no wrapped key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrappedSecretError {
    #[error("it has no {0}")]
    Missing(&'static str),
    #[error("its {CERTIFICATE} cannot be used")]
    Certificate(#[from] CertificateError),
    #[error("its {WRAPPED_KEY} is not a wrapped key")]
    Format(#[from] FormatError),
}

impl Unwrapping {
    /// Whether nothing follows from this one that does not follow from the other. What a provider says may differ each time.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Waiting { wait, alone, .. },
                Self::Waiting { wait: other_wait, alone: other_alone, .. },
            ) => (wait, alone) == (other_wait, other_alone),
            (Self::Failed(error), Self::Failed(other)) => error == other,
            _ => false,
        }
    }
}

impl WrappedSecret {
    /// Whether no controller writes a key like this: it is dated later than its Secret, or has several slots of one provider. It costs more calls
    /// than others, or wants to come before them.
    pub(crate) fn is_odd(&self) -> bool {
        let is_future = |created| self.key.since().duration_since(created) > CLOCK_TOLERANCE;
        let slots = self.key.slots();
        let uris: BTreeSet<_> = slots.iter().map(|slot| slot.uri.as_str()).collect();
        self.created.is_some_and(is_future) || uris.len() < slots.len()
    }

    /// Whether it has a slot of the provider with this URI.
    pub(crate) fn has_slot_of(&self, provider: &str) -> bool {
        self.key.slots().iter().any(|slot| slot.uri == provider)
    }

    /// Whether it was made with this private key to replace this Secret.
    pub(crate) fn is_made_to_replace(&self, replaced: &About, key: &SealingKey) -> bool {
        let (Some(uid), Some(proof)) = (&replaced.uid, &self.replaces) else { return false };
        let claim = KeyProof::of_replacement(self.certificate.fingerprint(), &self.key, uid);
        claim.is_made_with(key.pair().private(), proof)
    }

    pub(crate) fn read(secret: &Secret) -> Result<Self, WrappedSecretError> {
        let bytes = |name| {
            let value = secret.data.as_ref().and_then(|data| data.get(name));
            value.map(|value| value.0.as_slice()).ok_or(WrappedSecretError::Missing(name))
        };
        let (certificate, key) = (bytes(CERTIFICATE)?, bytes(WRAPPED_KEY)?);
        let name = secret.metadata.name.clone().unwrap_or_default();
        let mut digest = Sha256::new();
        for part in [name.as_bytes(), certificate, key] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        Ok(Self {
            name,
            id: WrappedId(digest.finalize().into()),
            certificate: Certificate::from_pem(std::str::from_utf8(certificate).unwrap_or_default())?,
            key: WrappedKey::from_json(key)?,
            replaces: secret.metadata.annotations.as_ref().and_then(|all| all.get(REPLACES)).cloned(),
            created: secret.metadata.creation_timestamp.as_ref().map(|created| created.0),
        })
    }
}
