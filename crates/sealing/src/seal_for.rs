//! [`SealFor`]: for whom values are sealed.

use envelope::{Certificate, SealError};
use recipients::{AgeRecipient, NewGroup};
use std::fmt;

/// The recipients of sealed values.
#[derive(Debug)]
pub struct SealFor<'a> {
    /// The certificate that the items themselves are sealed to. Any controller opens them there.
    pub first: &'a Certificate,
    /// The other recipients, who get entries in the annotation. If there is none, no annotation is written.
    pub others: Vec<OtherRecipient<'a>>,
}

/// A recipient beside the first.
pub enum OtherRecipient<'a> {
    /// A cluster.
    Certificate(&'a Certificate),
    /// An age identity.
    Age {
        /// Its recipient.
        recipient: AgeRecipient,
        /// Encrypts the object key to the recipient, as an age file. None if that fails.
        encrypt: &'a dyn Fn(&[u8]) -> Option<Vec<u8>>,
    },
}

impl<'a> SealFor<'a> {
    /// One certificate, as in upstream's format.
    #[must_use]
    pub fn one(certificate: &'a Certificate) -> Self {
        Self { first: certificate, others: Vec::new() }
    }

    /// Adds an entry for each recipient, the first included.
    pub(crate) fn add_entries(&self, group: &mut NewGroup<'_>) -> Result<(), SealError> {
        group.add_certificate(self.first)?;
        for other in &self.others {
            match other {
                OtherRecipient::Certificate(certificate) => group.add_certificate(certificate)?,
                OtherRecipient::Age { recipient, encrypt } => {
                    let encrypt = |key: &[u8]| encrypt(key).ok_or(SealError::Wrap);
                    group.add_age(recipient.clone(), encrypt)?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for OtherRecipient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(certificate) => write!(f, "Certificate({})", certificate.fingerprint()),
            Self::Age { recipient, .. } => write!(f, "Age({recipient})"),
        }
    }
}
