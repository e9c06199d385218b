//! [`BackedUp`]: a sealing key in a backup.

use api::sealing_key::{ACTIVE, COMPROMISED, LABEL, RENEW};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{KeyOrder, KeySecretError, SealingKey, SecretToSeal};
use std::sync::Arc;

/// A Secret that is a sealing key.
pub(crate) struct BackedUp {
    secret: Secret,
    key: Arc<SealingKey>,
    /// Whether it is known to have leaked: by its own label, another Secret's of the same private key, or a
    /// SealedSecret that it opened.
    leaked: bool,
}

impl BackedUp {
    /// Takes a Secret, if it is a key.
    pub(crate) fn read(read: SecretToSeal) -> Result<Self, KeySecretError> {
        let data = read.data.into_iter();
        let secret = Secret {
            metadata: read.metadata,
            type_: read.type_,
            immutable: read.immutable,
            // Moved, not copied.
            data: Some(
                data.map(|(key, value)| (key, ByteString(std::mem::take(&mut *value.into_inner()))))
                    .collect(),
            ),
            ..Secret::default()
        };
        let key = SealingKey::from_secret(&secret, KeyOrder::CertNotBefore)?;
        let leaked = label(&secret) == Some(COMPROMISED);
        Ok(Self { secret, key: Arc::new(key), leaked })
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.key.fingerprint()
    }

    /// The key pair.
    pub(crate) fn key(&self) -> Arc<SealingKey> {
        Arc::clone(&self.key)
    }

    /// The start of its certificate's validity.
    pub(crate) fn since(&self) -> Timestamp {
        self.key.since()
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.secret.metadata.name.as_deref()
    }

    /// The certificate.
    pub(crate) fn certificate(&self) -> &Certificate {
        self.key.pair().certificate()
    }

    /// Whether it is known that it leaked.
    pub(crate) fn has_leaked(&self) -> bool {
        self.leaked
    }

    /// Marks it as leaked. It is stored as compromised, whatever its own label says.
    pub(crate) fn note_leak(&mut self) {
        self.leaked = true;
    }

    /// Whether the key will be in use once it is restored.
    pub(crate) fn counts(&self) -> bool {
        !self.leaked && label(&self.secret).is_none_or(|label| label == ACTIVE)
    }

    /// The Secret to be stored, under this name or one that the API server generates.
    pub(crate) fn to_store(&self, namespace: &str, prefix: &str, name: Option<&str>) -> Secret {
        let mut labels = self.secret.metadata.labels.clone().unwrap_or_default();
        if self.leaked {
            labels.insert(LABEL.into(), COMPROMISED.into());
        }
        // A key from before there were labels is found by its name.
        if name != Some(prefix) {
            labels.entry(LABEL.into()).or_insert_with(|| ACTIVE.into());
        }
        let mut annotations = self.secret.metadata.annotations.clone().unwrap_or_default();
        annotations.remove(RENEW);
        Secret {
            metadata: ObjectMeta {
                namespace: Some(namespace.into()),
                name: name.map(Into::into),
                generate_name: name.is_none().then(|| prefix.into()),
                labels: Some(labels),
                annotations: (!annotations.is_empty()).then_some(annotations),
                ..ObjectMeta::default()
            },
            type_: self.secret.type_.clone(),
            immutable: self.secret.immutable,
            data: self.secret.data.clone(),
            ..Secret::default()
        }
    }
}

fn label(secret: &Secret) -> Option<&str> {
    secret.metadata.labels.as_ref()?.get(LABEL).map(String::as_str)
}
