//! [`Certificate`]: what `kubeseal-rs` seals with, and what the controller serves.
//!
//! Reading only; `issue` makes new ones.

use crate::keys::fingerprint::Fingerprint;
use crate::keys::public_key::{PublicKey, PublicKeyError};
use crate::pem;
use jiff::Timestamp;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// PEM label of a certificate (RFC 7468, section 5).
const LABEL: &str = "CERTIFICATE";

/// A sealing key's certificate: public key, validity and fingerprint.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    public: PublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
    fingerprint: Fingerprint,
}

/// Why a text is not a certificate that can seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// No PEM block `CERTIFICATE`.
    #[error("found no PEM block \"CERTIFICATE\"")]
    NotPem,
    /// A private key was given where the certificate belongs.
    #[error("this is a private key, not a certificate")]
    PrivateKey,
    /// The block does not hold an X.509 certificate.
    #[error("the certificate is damaged")]
    Malformed,
    /// The certificate's key cannot seal.
    #[error("the certificate cannot be used for sealing")]
    Key(#[from] PublicKeyError),
}

/// The certificate is past its validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate expired on {}", .not_after.strftime("%Y-%m-%d"))]
pub struct Expired {
    /// The last moment at which it was valid.
    pub not_after: Timestamp,
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let blocks = pem::blocks(text);
        match blocks.iter().find(|block| block.label == LABEL) {
            Some(block) => Self::from_der(&block.der),
            None if blocks.iter().any(|block| block.label.ends_with("PRIVATE KEY")) => {
                Err(CertificateError::PrivateKey)
            }
            None => Err(CertificateError::NotPem),
        }
    }

    /// Reads a certificate in DER. Its signature is not checked, so the caller must trust where it comes from.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        let public = PublicKey::from_spki_der(parsed.public_key().raw)?;
        let validity = parsed.validity();
        let timestamp = |time: x509_parser::time::ASN1Time| {
            Timestamp::from_second(time.timestamp()).map_err(|_| CertificateError::Malformed)
        };
        Ok(Self {
            public,
            not_before: timestamp(validity.not_before)?,
            not_after: timestamp(validity.not_after)?,
            fingerprint: Fingerprint::of_der(der),
            der: der.to_vec(),
        })
    }

    /// Refuses a certificate that is past its validity at `now`.
    ///
    /// One that is not yet valid is accepted, as upstream does: clocks of laptops and clusters differ.
    pub fn check_unexpired(&self, now: Timestamp) -> Result<(), Expired> {
        if now > self.not_after { Err(Expired { not_after: self.not_after }) } else { Ok(()) }
    }

    /// The certificate as a PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(LABEL, &self.der).to_string()
    }

    /// The key to seal with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Start of validity; the newest key is the one with the latest.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// End of validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The short name of this certificate and its key.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}
