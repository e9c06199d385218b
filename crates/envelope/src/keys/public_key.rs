//! [`PublicKey`]: the half that seals.

use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use std::sync::Arc;

/// The public half of a sealing key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    parts: rsa::PublicKey,
    sealing: Arc<OaepPublicEncryptingKey>,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for PublicKey {}

/// Why bytes are not a public key that can seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Another algorithm, or a damaged encoding.
    #[error("the public key is not an RSA key")]
    NotRsa,
    /// Under 2048 bits a key gives no protection today.
    #[error("the RSA key has {0} bits; at least 2048 are needed")]
    TooSmall(usize),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER.
    pub(crate) fn from_spki_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let parts = rsa::PublicKey::from_public_key_der(der).map_err(|_| PublicKeyError::NotRsa)?;
        let bits = parts.size() * 8;
        if bits < 2048 {
            return Err(PublicKeyError::TooSmall(bits));
        }
        let sealing = PublicEncryptingKey::from_der(der).map_err(|_| PublicKeyError::NotRsa)?;
        let sealing = OaepPublicEncryptingKey::new(sealing).map_err(|_| PublicKeyError::NotRsa)?;
        Ok(Self { parts, sealing: Arc::new(sealing) })
    }

    /// The modulus size in bits, rounded up to whole bytes.
    pub fn bits(&self) -> usize {
        self.parts.size() * 8
    }

    pub(crate) fn sealing(&self) -> &OaepPublicEncryptingKey {
        &self.sealing
    }
}
