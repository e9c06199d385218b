//! [`KeyPair`]: a private key and its certificate, which belong together.

use crate::keys::certificate::{Certificate, CertificateError};
use crate::keys::private_key::{PrivateKey, PrivateKeyError};

/// A sealing key: both halves, known to match.
#[derive(Debug)]
pub struct KeyPair {
    private: PrivateKey,
    certificate: Certificate,
}

/// Why two halves are not a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyPairError {
    /// The private key cannot be used.
    #[error("the private key cannot be used")]
    PrivateKey(#[from] PrivateKeyError),
    /// The certificate cannot be used.
    #[error("the certificate cannot be used")]
    Certificate(#[from] CertificateError),
    /// Each is sound, but the certificate is another key's.
    #[error("the certificate belongs to another private key")]
    Mismatch,
}

impl KeyPair {
    /// Joins two halves, and refuses halves of different keys.
    pub fn new(private: PrivateKey, certificate: Certificate) -> Result<Self, KeyPairError> {
        if private.public() == certificate.public() {
            Ok(Self { private, certificate })
        } else {
            Err(KeyPairError::Mismatch)
        }
    }

    /// Reads both halves from PEM.
    pub fn from_pem(private: &str, certificate: &str) -> Result<Self, KeyPairError> {
        // The certificate first: its errors say more, and the private key of a wrong pair stays unread.
        let certificate = Certificate::from_pem(certificate)?;
        Self::new(PrivateKey::from_pem(private)?, certificate)
    }

    /// The half that opens.
    pub fn private(&self) -> &PrivateKey {
        &self.private
    }

    /// The half that is published.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}
