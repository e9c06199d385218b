//! The certificate of the fixtures, and controllers that serve certificates.

use crate::support::program::fixture;
use crate::support::server::{Line, PORTS};
use std::fs;

/// The certificate of the fixtures, whose private key is there, too.
pub(crate) fn pem() -> String {
    fs::read_to_string(fixture("test-only.crt")).unwrap()
}

pub(crate) fn fingerprint(pem: &str) -> String {
    envelope::Certificate::from_pem(pem).unwrap().fingerprint().to_string()
}

/// A controller that serves these certificates, one after the other.
pub(crate) fn serving(certificates: &[&str]) -> Vec<Line> {
    let mut lines = vec![("/services/sealed-secrets-controller", 200, PORTS.to_owned())];
    lines.extend(certificates.iter().map(|pem| ("cert.pem", 200, (*pem).to_owned())));
    lines
}
