//! [`Entry`]: one recipient of a group, and the group's object key for it.

use crate::age_recipient::AgeRecipient;
use crate::associated_data::oaep_label;
use crate::format_error::problem;
use crate::object_key::ObjectKey;
use envelope::{Certificate, Fingerprint, PrivateKey, SealError, unwrap, wrap};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use strict_json::{Base64, object};

/// A recipient of a group. What it names is a hint which key to try, and proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Raw")]
pub enum Entry {
    /// A sealing key of a cluster.
    Certificate {
        /// The fingerprint of its certificate.
        fingerprint: Fingerprint,
        /// The object key under RSA-OAEP.
        key: Vec<u8>,
    },
    /// An age identity.
    Age {
        /// Its recipient.
        recipient: AgeRecipient,
        /// The object key as an age file.
        key: Vec<u8>,
    },
}

impl Entry {
    /// Wraps the object key for the private key of a certificate. The entry opens only with this label.
    pub(crate) fn seal(certificate: &Certificate, label: &[u8], key: &ObjectKey) -> Result<Self, SealError> {
        let key = wrap(certificate.public(), &oaep_label(label), key.aes())?;
        Ok(Self::Certificate { fingerprint: certificate.fingerprint(), key })
    }

    /// Unwraps the object key; one private-key operation. None for an age identity, and if it does not open.
    #[must_use]
    pub fn open(&self, key: &PrivateKey, label: &[u8]) -> Option<ObjectKey> {
        let Self::Certificate { key: wrapped, .. } = self else { return None };
        unwrap(key, &oaep_label(label), wrapped).ok().map(ObjectKey::new)
    }

    /// The fingerprint of the certificate, or the age recipient, as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Certificate { fingerprint, .. } => fingerprint.to_string(),
            Self::Age { recipient, .. } => recipient.to_string(),
        }
    }

    /// The fingerprint of the certificate; None for an age identity.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Certificate { fingerprint, .. } => Some(*fingerprint),
            Self::Age { .. } => None,
        }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<Raw, _>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    cert: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    age: Option<String>,
    key: Base64,
}

/// A member that is there is a text, not null.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

impl TryFrom<Raw> for Entry {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        let key = raw.key.0;
        match (raw.cert, raw.age) {
            (Some(cert), None) => {
                let fingerprint = cert.parse::<Fingerprint>().map_err(|_| problem::FINGERPRINT)?;
                let is_canonical = fingerprint.to_string() == cert;
                is_canonical.then_some(Self::Certificate { fingerprint, key }).ok_or(problem::FINGERPRINT)
            }
            (None, Some(age)) => {
                let recipient = age.parse().map_err(|_| problem::AGE)?;
                Ok(Self::Age { recipient, key })
            }
            _ => Err(problem::ONE_RECIPIENT),
        }
    }
}

impl From<Entry> for Raw {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Certificate { fingerprint, key } => {
                Self { cert: Some(fingerprint.to_string()), age: None, key: Base64(key) }
            }
            Entry::Age { recipient, key } => {
                Self { cert: None, age: Some(recipient.to_string()), key: Base64(key) }
            }
        }
    }
}
