//! [`SealingKey`]: a key pair and the Secret it is kept in.

use api::sealing_key::{CERTIFICATE, PRIVATE_KEY, SECRET_TYPE};
use api::{ObservedSecret, TooManyEntries};
use envelope::{Fingerprint, KeyPair, KeyPairError};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;

/// A sealing key as the cluster holds it.
#[derive(Debug)]
pub struct SealingKey {
    name: String,
    pair: KeyPair,
    since: Timestamp,
}

/// What makes one key newer than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyOrder {
    /// The start of its certificate's validity; where that is later than the creation of its Secret, which the API
    /// server dates, then the latter: the clock of the program that made the key was wrong.
    #[default]
    CertNotBefore,
    /// The creation of its Secret; a restored key is then newer than it was.
    SecretCreationTimestamp,
}

/// Why a Secret is not a sealing key. Never shows what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySecretError {
    /// It is not a TLS Secret.
    #[error("its type is not {SECRET_TYPE}")]
    Type,
    /// One half is missing.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// One half is not text, so it is not PEM.
    #[error("its {0} is not text")]
    NotText(&'static str),
    /// It has more entries than are read.
    #[error(transparent)]
    TooManyEntries(#[from] TooManyEntries),
    /// The halves are unsound or do not match.
    #[error("its {PRIVATE_KEY} and {CERTIFICATE} are not a key pair")]
    KeyPair(#[from] KeyPairError),
}

impl SealingKey {
    /// A key just made, before or after it was stored as `name`.
    pub fn new(name: String, pair: KeyPair) -> Self {
        let since = pair.certificate().not_before();
        Self { name, pair, since }
    }

    /// Reads a key's Secret.
    pub fn from_secret(secret: &Secret, order: KeyOrder) -> Result<Self, KeySecretError> {
        if secret.type_.as_deref() != Some(SECRET_TYPE) {
            return Err(KeySecretError::Type);
        }
        let pair = KeyPair::from_pem(text(secret, PRIVATE_KEY)?, text(secret, CERTIFICATE)?)?;
        let key = Self::new(secret.metadata.name.clone().unwrap_or_default(), pair);
        Ok(match &secret.metadata.creation_timestamp {
            Some(created) => key.stored(created.0, order),
            None => key,
        })
    }

    /// Reads the Secret of a key, as it came from a list or watch.
    pub fn from_observed(secret: &ObservedSecret, order: KeyOrder) -> Result<Self, KeySecretError> {
        match secret {
            ObservedSecret::Whole(secret) => Self::from_secret(secret, order),
            ObservedSecret::Cut(_, too_many) => Err((*too_many).into()),
        }
    }

    /// This key in a Secret that the API server created at the time `created`.
    #[must_use]
    pub fn stored(self, created: Timestamp, order: KeyOrder) -> Self {
        let since = match order {
            KeyOrder::CertNotBefore => created.min(self.pair.certificate().not_before()),
            KeyOrder::SecretCreationTimestamp => created,
        };
        Self { since, ..self }
    }

    /// This key, with the date that was stored with it, as that of a wrapped key.
    #[must_use]
    pub fn dated(self, since: Timestamp) -> Self {
        Self { since, ..self }
    }

    /// The time by which keys are ordered: the newest key has the latest.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// Name of the Secret.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Both halves.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// The fingerprint of its certificate.
    pub fn fingerprint(&self) -> Fingerprint {
        self.pair.certificate().fingerprint()
    }
}

fn text<'a>(secret: &'a Secret, key: &'static str) -> Result<&'a str, KeySecretError> {
    let bytes = secret.data.as_ref().and_then(|data| data.get(key)).ok_or(KeySecretError::Missing(key))?;
    std::str::from_utf8(&bytes.0).map_err(|_| KeySecretError::NotText(key))
}
