//! Certificates and private keys, as `genCA`, `genSignedCert` and `genPrivateKey` make them.

mod der;
mod issue;
mod key;
mod pem;

pub(crate) use issue::{Request, is_certificate, issue};
pub(crate) use key::{Key, KeyKind};
pub(crate) use pem::decode as decode_pem;

use crate::text::Text;
use zeroize::Zeroizing;

/// A certificate and its private key, both in PEM.
#[derive(PartialEq, Eq)]
pub(crate) struct Certificate {
    certificate: Text,
    key: Text,
}

impl Certificate {
    pub(crate) fn new(certificate: Zeroizing<Vec<u8>>, key: Zeroizing<Vec<u8>>) -> Self {
        Self { certificate: Text::new(certificate), key: Text::new(key) }
    }

    /// The bytes it takes.
    pub(crate) fn size(&self) -> usize {
        self.certificate.len() + self.key.len()
    }

    pub(crate) fn certificate(&self) -> &Text {
        &self.certificate
    }

    pub(crate) fn key(&self) -> &Text {
        &self.key
    }
}
