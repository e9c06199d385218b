//! [`StoredKey`]: a sealing key's Secret in the cluster; [`active_keys`]: which of them are in use.

use api::ObservedSecret;
use api::sealing_key::{ACTIVE, CERTIFICATE, COMPROMISED, LABEL, RETIRED};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt as _;
use sealing::{KeyOrder, KeySecretError, SealingKey};
use std::cmp::Reverse;
use std::sync::Arc;

/// A Secret with the label of sealing keys, or with the name of a legacy key. It has no Debug: it holds a private key.
pub(crate) struct StoredKey {
    secret: Secret,
    key: Result<Arc<SealingKey>, KeySecretError>,
    certificate: Option<Certificate>,
}

/// Whether a key is in use, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It opens values.
    Active,
    /// No SealedSecret needs it any more.
    Retired,
    /// It leaked.
    Compromised,
    /// Its label has another value, so that it is not in use.
    Inactive,
    /// It is labelled as a key, and holds no valid one.
    Unusable,
}

impl State {
    /// The state in one word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
            Self::Inactive => "inactive",
            Self::Unusable => "unusable",
        }
    }
}

impl StoredKey {
    /// Takes a Secret.
    pub(crate) fn read(secret: ObservedSecret) -> Self {
        let key = SealingKey::from_observed(&secret, KeyOrder::CertNotBefore).map(Arc::new);
        let secret = secret.into_known();
        let text = || std::str::from_utf8(&secret.data.as_ref()?.get(CERTIFICATE)?.0).ok();
        let certificate = match &key {
            Ok(key) => Some(key.pair().certificate().clone()),
            Err(_) => text().and_then(|text| Certificate::from_pem(text).ok()),
        };
        Self { secret, key, certificate }
    }

    pub(crate) fn name(&self) -> String {
        self.secret.name_any()
    }

    pub(crate) fn uid(&self) -> Option<String> {
        self.secret.uid()
    }

    pub(crate) fn resource_version(&self) -> Option<String> {
        self.secret.resource_version()
    }

    /// When the Secret was created, which for a restored key is later than the key.
    pub(crate) fn created(&self) -> Option<Timestamp> {
        self.secret.creation_timestamp().map(|time| time.0)
    }

    /// An annotation of its Secret.
    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.secret.annotations().get(name).map(String::as_str)
    }

    /// The key pair, or why there is none.
    pub(crate) fn key(&self) -> Result<&Arc<SealingKey>, KeySecretError> {
        self.key.as_ref().map_err(|error| *error)
    }

    /// The certificate, if it can be read.
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The certificate's fingerprint.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        self.certificate().map(Certificate::fingerprint)
    }

    /// The state of the key.
    pub(crate) fn state(&self) -> State {
        match self.secret.labels().get(LABEL).map(String::as_str) {
            Some(COMPROMISED) => State::Compromised,
            Some(RETIRED) => State::Retired,
            // Without a label: a legacy key.
            None | Some(ACTIVE) if self.key.is_ok() => State::Active,
            None | Some(ACTIVE) => State::Unusable,
            Some(_) => State::Inactive,
        }
    }

    /// Its age for the controller: a certificate that begins later than its Secret was created has the date of a wrong
    /// clock. None without a certificate.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        let not_before = self.certificate().map(Certificate::not_before)?;
        Some(self.created().map_or(not_before, |created| created.min(not_before)))
    }

    /// Whether it is the same private key, whatever certificates were made for it.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let certificates = (self.certificate(), other.certificate());
        matches!(certificates, (Some(this), Some(other)) if this.public() == other.public())
    }

    /// Sorts by age, newest first, as the controller does; Secrets without a certificate come last.
    pub(crate) fn order(&self) -> (Reverse<Option<Timestamp>>, Option<Fingerprint>, String) {
        (Reverse(self.since()), self.fingerprint(), self.name())
    }

    /// The Secret for a backup, without fields that only this cluster uses. It copies the values.
    pub(crate) fn to_back_up(&self, is_left_out: impl Fn(&str) -> bool) -> Secret {
        let metadata = &self.secret.metadata;
        let mut annotations = metadata.annotations.clone().unwrap_or_default();
        annotations.retain(|name, _| !is_left_out(name));
        Secret {
            metadata: ObjectMeta {
                name: metadata.name.clone(),
                namespace: metadata.namespace.clone(),
                labels: metadata.labels.clone(),
                annotations: (!annotations.is_empty()).then_some(annotations),
                creation_timestamp: metadata.creation_timestamp.clone(),
                ..ObjectMeta::default()
            },
            type_: self.secret.type_.clone(),
            immutable: self.secret.immutable,
            data: self.secret.data.clone(),
            ..Secret::default()
        }
    }
}

/// The keys in use, newest first: active, and not marked as leaked by another Secret.
pub(crate) fn active_keys(keys: &[StoredKey]) -> impl Iterator<Item = &StoredKey> {
    let has_leaked =
        |key: &StoredKey| keys.iter().any(|it| it.state() == State::Compromised && it.is_same(key));
    keys.iter().filter(move |key| key.state() == State::Active && !has_leaked(key))
}

#[cfg(test)]
mod tests;
