//! The Secret of a certificate and its private key, which must belong together.

use crate::commands::create::error::{CreateError, TlsError};
use crate::commands::create::gather;
use crate::commands::create::values::Values;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::warn;
use envelope::{Plaintext, pem};
use jiff::Timestamp;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use std::path::Path;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The type of such a Secret.
pub(crate) const TYPE: &str = "kubernetes.io/tls";

/// The contents of the files, unchanged.
pub(crate) fn values(certificate: &Path, key: &Path) -> Result<Values, CreateError> {
    let certificate_bytes = gather::read_text(certificate)?;
    let key_bytes = gather::read_text(key)?;
    let not_after = check(&certificate_bytes, &key_bytes).map_err(|source| CreateError::Tls {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    })?;
    if not_after < Timestamp::now().as_second() {
        warn(format_args!("the certificate {} has expired", shown_path(certificate)));
    }
    Ok(Values::from([
        ("tls.crt".to_owned(), Plaintext::new(certificate_bytes)),
        ("tls.key".to_owned(), Plaintext::new(key_bytes)),
    ]))
}

/// The end of the certificate's validity, in Unix time, if the two belong together.
fn check(certificate: &[u8], key: &[u8]) -> Result<i64, TlsError> {
    let text = std::str::from_utf8(certificate).map_err(|_| TlsError::NoCertificate)?;
    let blocks = pem::blocks(text);
    let first = blocks.iter().find(|block| block.label == "CERTIFICATE").ok_or(TlsError::NoCertificate)?;
    let (_, parsed) = X509Certificate::from_der(&first.der).map_err(|_| TlsError::Certificate)?;

    let text = std::str::from_utf8(key).map_err(|_| TlsError::NoKey)?;
    let blocks = pem::blocks(text);
    let is_encrypted = text.contains("ENCRYPTED");
    let no_key = if is_encrypted { TlsError::Encrypted } else { TlsError::NoKey };
    let key = blocks
        .iter()
        .find_map(|block| match block.label.as_str() {
            "PRIVATE KEY" => Some(PrivateKeyDer::from(PrivatePkcs8KeyDer::from(block.der.as_slice()))),
            "RSA PRIVATE KEY" => Some(PrivatePkcs1KeyDer::from(block.der.as_slice()).into()),
            "EC PRIVATE KEY" => Some(PrivateSec1KeyDer::from(block.der.as_slice()).into()),
            _ => None,
        })
        .ok_or(no_key)?;
    let key = any_supported_type(&key).map_err(|_| TlsError::Key)?;
    let public = key.public_key().ok_or(TlsError::Key)?;
    if public.as_ref() == parsed.public_key().raw {
        Ok(parsed.validity().not_after.timestamp())
    } else {
        Err(TlsError::Mismatch)
    }
}
