//! [`Recipient`]: a public key that values are sealed for, and whose it is.

use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use crate::project::trust::claim::Claim;
use envelope::Certificate;

/// A cluster, or a safe, with its key.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    pub name: ClusterName,
    pub key: RecipientKey,
}

/// A public key that values are sealed for.
#[derive(Debug, Clone)]
pub(crate) enum RecipientKey {
    Certificate(Certificate),
    Age(age::x25519::Recipient),
}

impl Recipient {
    /// What has to be trusted before it is sealed for.
    pub(crate) fn claim(&self) -> Claim {
        let not_after = match &self.key {
            RecipientKey::Certificate(certificate) => Some(certificate.not_after()),
            RecipientKey::Age(_) => None,
        };
        Claim::Key { cluster: self.name.clone(), key: self.key.id(), not_after }
    }
}

impl RecipientKey {
    /// What names the key.
    pub(crate) fn id(&self) -> KeyId {
        match self {
            Self::Certificate(certificate) => KeyId::Certificate(certificate.fingerprint()),
            Self::Age(recipient) => KeyId::Age(recipient.clone()),
        }
    }
}
