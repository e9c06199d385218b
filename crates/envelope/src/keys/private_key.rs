//! [`PrivateKey`]: the half that opens. Only aws-lc-rs computes with it.

use crate::keys::key_size::KeySize;
use crate::keys::public_key::PublicKey;
use crate::pem;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::KeyPair as _;
use rsa::pkcs8::PrivateKeyInfoRef;
use std::fmt;
use zeroize::Zeroizing;

/// PEM label of PKCS#1 (RFC 8017, A.1.2): what upstream writes.
const PKCS1: &str = "RSA PRIVATE KEY";
/// PEM label of PKCS#8 (RFC 5958): what openssl and cert-manager write.
const PKCS8: &str = "PRIVATE KEY";

/// The private half of a sealing key. Its Debug shows nothing of it.
pub struct PrivateKey {
    opening: OaepPrivateDecryptingKey,
    signing: RsaKeyPair,
    public: PublicKey,
}

/// Why a text is not a private key that can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// No PEM block with a private key in it.
    #[error("found no PEM block \"RSA PRIVATE KEY\" (PKCS#1) or \"PRIVATE KEY\" (PKCS#8)")]
    NotPem,
    /// It is encrypted with a password. Passwords are not supported.
    #[error("the private key is encrypted with a password; decrypt it first")]
    Encrypted,
    /// Not RSA, damaged, inconsistent, or outside 2048 to 8192 bits.
    #[error("the private key is not a sound RSA key of 2048 to 8192 bits")]
    Rejected,
    /// The cryptographic library refused to generate or encode a key.
    #[error("the cryptographic library could not make or encode an RSA key")]
    Library,
}

impl PrivateKey {
    /// Makes a new key from the system's random source. Takes up to seconds: keep it off async workers.
    pub fn generate(size: KeySize) -> Result<Self, PrivateKeyError> {
        let signing = RsaKeyPair::generate(size.into()).map_err(|_| PrivateKeyError::Library)?;
        Self::from_signing(signing)
    }

    /// Reads the first private key of a PEM text, PKCS#1 or PKCS#8.
    pub fn from_pem(text: &str) -> Result<Self, PrivateKeyError> {
        if text.contains("ENCRYPTED") {
            return Err(PrivateKeyError::Encrypted);
        }
        let block = pem::blocks(text)
            .into_iter()
            .find(|block| block.label == PKCS1 || block.label == PKCS8)
            .ok_or(PrivateKeyError::NotPem)?;
        let signing = match block.label.as_str() {
            PKCS1 => RsaKeyPair::from_der(&block.der),
            _ => RsaKeyPair::from_pkcs8(&block.der),
        };
        Self::from_signing(signing.map_err(|_| PrivateKeyError::Rejected)?)
    }

    /// Reads a private key in PKCS#8, DER.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, PrivateKeyError> {
        Self::from_signing(RsaKeyPair::from_pkcs8(der).map_err(|_| PrivateKeyError::Rejected)?)
    }

    fn from_signing(signing: RsaKeyPair) -> Result<Self, PrivateKeyError> {
        let pkcs8 = pkcs8_der(&signing)?;
        let opening = PrivateDecryptingKey::from_pkcs8(&pkcs8)
            .map_err(|_| PrivateKeyError::Rejected)
            .and_then(|key| OaepPrivateDecryptingKey::new(key).map_err(|_| PrivateKeyError::Library))?;
        let spki: PublicKeyX509Der<'_> =
            signing.public_key().as_der().map_err(|_| PrivateKeyError::Library)?;
        let public = PublicKey::from_spki_der(spki.as_ref()).map_err(|_| PrivateKeyError::Rejected)?;
        Ok(Self { opening, signing, public })
    }

    /// The key as PKCS#1 PEM, the form upstream stores and reads.
    pub fn to_pkcs1_pem(&self) -> Result<Zeroizing<String>, PrivateKeyError> {
        let pkcs8 = pkcs8_der(&self.signing)?;
        let info = PrivateKeyInfoRef::try_from(pkcs8.as_slice()).map_err(|_| PrivateKeyError::Library)?;
        Ok(pem::encode(PKCS1, info.private_key.as_bytes()))
    }

    /// The key as PKCS#8, DER.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        pkcs8_der(&self.signing)
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn opening(&self) -> &OaepPrivateDecryptingKey {
        &self.opening
    }

    pub(crate) fn signing(&self) -> &RsaKeyPair {
        &self.signing
    }
}

fn pkcs8_der(key: &RsaKeyPair) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| PrivateKeyError::Library)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({} bits)", self.public.bits())
    }
}
