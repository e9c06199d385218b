//! [`PublicKey`]: the half that seals.

use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;

/// The public half of a sealing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(rsa::PublicKey);

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
        let key = rsa::PublicKey::from_public_key_der(der).map_err(|_| PublicKeyError::NotRsa)?;
        let bits = key.size() * 8;
        if bits < 2048 {
            return Err(PublicKeyError::TooSmall(bits));
        }
        Ok(Self(key))
    }

    /// The modulus size in bits, rounded up to whole bytes.
    pub fn bits(&self) -> usize {
        self.0.size() * 8
    }

    pub(crate) fn rsa(&self) -> &rsa::PublicKey {
        &self.0
    }
}
