//! Certificates with their keys, as `genCA` and its kin make them.

mod der;
mod issue;
mod key;
mod pem;

pub(crate) use issue::{Names, is_certificate, issue};
pub(crate) use key::{Key, KeyKind};
pub(crate) use pem::decode as decode_pem;

use crate::text::Text;
use crate::value::Value;
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

    pub(crate) fn fields(&self) -> [(&'static str, Value); 2] {
        [("Cert", Value::Text(self.certificate.clone())), ("Key", Value::Text(self.key.clone()))]
    }

    pub(crate) fn field(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|(there, _)| *there == name).map(|(_, value)| value)
    }

    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn key(&self) -> &[u8] {
        &self.key
    }
}
