//! [`NotedKey`]: what is known of a key that a SealedSecret says it was sealed with; [`noted_keys`]: which keys it says that of.

use crate::annotation::recipients_in;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::Fingerprint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use recipients::{Entry, Group, Recipients};

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotedKey {
    /// It is here, and opens.
    Active,
    /// It leaked and was revoked.
    Revoked,
    /// It is here, and opens nothing because of its label. Its Secret, if it is known which, and if all who read it may list key Secrets.
    Retired(Option<SecretName>),
    /// It is not here.
    Absent,
    /// Whether it is here is not known.
    Unknown,
}

/// The namespace and name of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The keys that the annotations name: that of the certificate, then those of the recipients. Any user may write them, so that they
/// prove nothing.
#[must_use]
pub fn noted_keys(metadata: &ObjectMeta) -> Vec<Fingerprint> {
    let annotations = metadata.annotations.as_ref();
    let hint = annotations.and_then(|all| all.get(CERTIFICATE_FINGERPRINT)?.parse().ok());
    let recipients = recipients_in(annotations).and_then(Result::ok);
    let entries = recipients.iter().flat_map(Recipients::groups).flat_map(Group::to);
    hint.into_iter().chain(entries.filter_map(Entry::fingerprint)).collect()
}
