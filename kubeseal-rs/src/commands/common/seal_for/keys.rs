//! [`RecipientKeys`]: the public keys that values are sealed with, as the crate `sealing` takes them.

use crate::commands::common::seal_for::error::SealForError;
use crate::project::recipient::{Recipient, RecipientKey};
use envelope::Certificate;
use recipients::AgeRecipient;
use sealing::{OtherRecipient, SealFor};

/// At least one certificate.
#[derive(Debug, Clone)]
pub(crate) struct RecipientKeys {
    first: Certificate,
    others: Vec<Other>,
}

#[derive(Debug, Clone)]
enum Other {
    Certificate(Certificate),
    Age { name: AgeRecipient, recipient: age::x25519::Recipient },
}

impl RecipientKeys {
    /// One certificate, as in upstream's format.
    pub(crate) fn one(certificate: Certificate) -> Self {
        Self { first: certificate, others: Vec::new() }
    }

    /// The keys of these recipients. The items themselves are sealed to the first certificate.
    pub(crate) fn of(recipients: &[Recipient]) -> Result<Self, SealForError> {
        let mut first = None;
        let mut others = Vec::new();
        for recipient in recipients {
            match &recipient.key {
                RecipientKey::Certificate(certificate) if first.is_none() => {
                    first = Some(certificate.clone());
                }
                RecipientKey::Certificate(certificate) => {
                    others.push(Other::Certificate(certificate.clone()));
                }
                RecipientKey::Age(key) => {
                    let name = key
                        .to_string()
                        .parse()
                        .map_err(|source| SealForError::Recipient { name: recipient.name.clone(), source })?;
                    others.push(Other::Age { name, recipient: key.clone() });
                }
            }
        }
        match first {
            Some(first) => Ok(Self { first, others }),
            None => Err(SealForError::NoCertificate(
                recipients.iter().map(|recipient| recipient.name.clone()).collect(),
            )),
        }
    }

    /// The certificate that the items themselves are sealed to.
    pub(crate) fn first(&self) -> &Certificate {
        &self.first
    }

    /// Whether there is more than one recipient.
    pub(crate) fn are_several(&self) -> bool {
        !self.others.is_empty()
    }

    /// Calls `seal` with the keys.
    pub(crate) fn with<T>(&self, seal: impl FnOnce(&SealFor<'_>) -> T) -> T {
        let encryptors: Vec<_> = self
            .others
            .iter()
            .map(|other| {
                move |key: &[u8]| match other {
                    Other::Age { recipient, .. } => age::encrypt(recipient, key).ok(),
                    Other::Certificate(_) => None,
                }
            })
            .collect();
        let others = self.others.iter().zip(&encryptors).map(|(other, encrypt)| match other {
            Other::Certificate(certificate) => OtherRecipient::Certificate(certificate),
            Other::Age { name, .. } => OtherRecipient::Age { recipient: name.clone(), encrypt },
        });
        seal(&SealFor { first: &self.first, others: others.collect() })
    }
}
