//! Proofs by a private sealing key: an HMAC under a subkey of it, which only the key itself makes.

use crate::format::data_key::CryptoFailed;
use crate::key_providers::error::WrapError;
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::PrivateKey;
use zeroize::Zeroizing;

/// The proof of a message, as text. The purpose is the `info` of HKDF (RFC 5869): a proof for one is none for another.
pub(crate) fn make(private: &PrivateKey, purpose: &[u8], message: &[u8]) -> Result<String, WrapError> {
    Ok(BASE64_STANDARD.encode(hmac::sign(&key(private, purpose)?, message)))
}

/// Whether the text is the proof of the message. The comparison takes constant time.
pub(crate) fn is_made(private: &PrivateKey, purpose: &[u8], message: &[u8], text: &str) -> bool {
    let (key, mac) = (key(private, purpose), BASE64_STANDARD.decode(text));
    key.is_ok_and(|key| mac.is_ok_and(|mac| hmac::verify(&key, message, &mac).is_ok()))
}

fn key(private: &PrivateKey, purpose: &[u8]) -> Result<hmac::Key, WrapError> {
    let mut subkey = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(&private.to_pkcs8_der()?)
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|key| key.fill(&mut *subkey))
        .map_err(|_| CryptoFailed)?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &*subkey))
}
