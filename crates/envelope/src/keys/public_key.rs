//! [`PublicKey`]: the half that seals.

use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use rsa::pkcs1::RsaPublicKeyRef;
use rsa::pkcs8::SubjectPublicKeyInfoRef;
use std::sync::Arc;

/// The public half of a sealing key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    /// Big-endian, without leading zeros, as the exponent is.
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    sealing: Arc<OaepPublicEncryptingKey>,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.modulus, &self.exponent) == (&other.modulus, &other.exponent)
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
        let info = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| PublicKeyError::NotRsa)?;
        let key = info.subject_public_key.as_bytes().ok_or(PublicKeyError::NotRsa)?;
        // Its parts alone: `rsa::PublicKey` also prepares computing with them, which takes as long as half a seal does.
        let parts = RsaPublicKeyRef::try_from(key).map_err(|_| PublicKeyError::NotRsa)?;
        let (modulus, exponent) = (parts.modulus.as_bytes(), parts.public_exponent.as_bytes());
        let bits = modulus.len() * 8;
        if bits < 2048 {
            return Err(PublicKeyError::TooSmall(bits));
        }
        let sealing = PublicEncryptingKey::from_der(der).map_err(|_| PublicKeyError::NotRsa)?;
        let sealing = OaepPublicEncryptingKey::new(sealing).map_err(|_| PublicKeyError::NotRsa)?;
        Ok(Self { modulus: modulus.to_vec(), exponent: exponent.to_vec(), sealing: Arc::new(sealing) })
    }

    /// The modulus size in bits, rounded up to whole bytes.
    pub fn bits(&self) -> usize {
        self.modulus.len() * 8
    }

    pub(crate) fn sealing(&self) -> &OaepPublicEncryptingKey {
        &self.sealing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem;
    use x509_parser::prelude::{FromDer as _, X509Certificate};

    fn info() -> Vec<u8> {
        let der = &pem::blocks(include_str!("../../tests/keys/a.crt.pem"))[0].der;
        let (_, certificate) = X509Certificate::from_der(der).unwrap();
        certificate.public_key().raw.to_vec()
    }

    #[test]
    fn the_parts_make_a_key() {
        let key = PublicKey::from_spki_der(&info()).unwrap();
        assert_eq!((key.bits(), key.exponent.as_slice()), (2048, &[1, 0, 1][..]));
        assert_eq!(key, PublicKey::from_spki_der(&info()).unwrap());
    }

    /// The exponent is last, in five bytes; the modulus is before it.
    #[test]
    fn even_numbers_are_no_rsa_key() {
        for from_end in [1, 6] {
            let mut der = info();
            let at = der.len() - from_end;
            der[at] ^= 1;
            assert_eq!(PublicKey::from_spki_der(&der).unwrap_err(), PublicKeyError::NotRsa, "{from_end}");
        }
    }

    #[test]
    fn another_odd_modulus_is_another_key() {
        let mut der = info();
        let at = der.len() - 6;
        der[at] ^= 2;
        assert_ne!(PublicKey::from_spki_der(&der).unwrap(), PublicKey::from_spki_der(&info()).unwrap());
    }
}
