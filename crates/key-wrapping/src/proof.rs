//! [`KeyProof`]: shows that what stands beside a wrapped key was made by a program that had the private key, without opening the document: an HMAC
//! under a subkey of the private key.
//!
//! Decided: a proof by the private key, instead of a comparison of documents. An older document of the same key, from a backup or from etcd's
//! history, opens as well; but the service's key that it was wrapped with is perhaps about to be disabled, and the sealing key lost with it.

use crate::format::data_key::CryptoFailed;
use crate::format::document::WrappedKey;
use crate::format::fields::append;
use crate::key_providers::error::WrapError;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Fingerprint, PrivateKey};
use zeroize::Zeroizing;

/// What is proven. The purpose is the `info` of HKDF (RFC 5869): a proof for one is none for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProof {
    purpose: &'static [u8],
    message: Vec<u8>,
}

impl KeyProof {
    /// That an escrow copy holds the key: one with this certificate and this text of `wrapped.json`.
    #[must_use]
    pub fn of_escrow_copy(certificate: Fingerprint, document: &[u8]) -> Self {
        Self {
            purpose: b"sealed-secrets/wrapped-key/v1/escrow-copy",
            message: message(certificate, document),
        }
    }

    /// That this wrapped key was made to replace the Secret with this `uid`.
    #[must_use]
    pub fn of_replacement(certificate: Fingerprint, key: &WrappedKey, replaced: &str) -> Self {
        let mut message = message(certificate, &key.to_json());
        append(&mut message, replaced.as_bytes());
        Self { purpose: b"sealed-secrets/wrapped-key/v1/replacement", message }
    }

    /// The proof that only the private key makes, as text.
    pub fn made_with(&self, private: &PrivateKey) -> Result<String, WrapError> {
        Ok(BASE64_STANDARD.encode(hmac::sign(&self.key(private)?, &self.message)))
    }

    /// Whether this text was made with the private key. The comparison takes constant time.
    #[must_use]
    pub fn is_made_with(&self, private: &PrivateKey, text: &str) -> bool {
        let (key, mac) = (self.key(private), BASE64_STANDARD.decode(text));
        key.is_ok_and(|key| mac.is_ok_and(|mac| hmac::verify(&key, &self.message, &mac).is_ok()))
    }

    fn key(&self, private: &PrivateKey) -> Result<hmac::Key, WrapError> {
        let mut subkey = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&private.to_pkcs8_der()?)
            .expand(&[self.purpose], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(&mut *subkey))
            .map_err(|_| CryptoFailed)?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &*subkey))
    }
}

/// The certificate, and the digest of the document.
fn message(certificate: Fingerprint, document: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    append(&mut message, certificate.to_string().as_bytes());
    append(&mut message, digest(&SHA256, document).as_ref());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = include_str!("../../envelope/tests/keys/a.pkcs8.pem");
    const OTHER: &str = include_str!("../../envelope/tests/keys/b.pkcs8.pem");
    const VECTOR: &str = include_str!("../tests/vectors/one-slot.vector");

    /// The value was computed by Python's `hmac` and `hashlib`, from FORMAT.md.
    #[test]
    fn only_the_private_key_makes_the_proof_of_a_copy() {
        let [private, other] = [PRIVATE, OTHER].map(|pem| PrivateKey::from_pem(pem).unwrap());
        let certificate = Fingerprint::from([0xab; 32]);
        let proof = KeyProof::of_escrow_copy(certificate, b"{}");
        let text = proof.made_with(&private).unwrap();
        assert_eq!(text, "tkK1z+ad8beSisQmrYCTxulKh0ii3FVFvL8Mee5W7p4=");
        assert!(proof.is_made_with(&private, &text));
        assert!(!proof.is_made_with(&other, &text));
        assert!(!KeyProof::of_escrow_copy(certificate, b"{ }").is_made_with(&private, &text));
        assert!(!KeyProof::of_escrow_copy(Fingerprint::from([0; 32]), b"{}").is_made_with(&private, &text));
        for text in ["", "====", &text[..40], &format!("{text} ")] {
            assert!(!proof.is_made_with(&private, text), "{text}");
        }
    }

    /// The value was computed by Python's `hmac` and `hashlib`, from FORMAT.md.
    #[test]
    fn only_the_private_key_proves_what_replaces_which_secret() {
        let [private, other] = [PRIVATE, OTHER].map(|pem| PrivateKey::from_pem(pem).unwrap());
        let certificate = Fingerprint::from([0xab; 32]);
        let document = VECTOR.trim_end().split_once("\n\n").unwrap().1;
        let key = WrappedKey::from_json(document.as_bytes()).unwrap();
        let proof = |uid| KeyProof::of_replacement(certificate, &key, uid);
        let text = proof("uid-1").made_with(&private).unwrap();
        assert_eq!(text, "9yV/59Isd/IcxDFCGf45KFtcccnwtVUrBrcxACgvtPc=");
        assert!(proof("uid-1").is_made_with(&private, &text));
        assert!(!proof("uid-1").is_made_with(&other, &text));
        assert!(!proof("uid-2").is_made_with(&private, &text));
        let of_other = KeyProof::of_replacement(Fingerprint::from([0; 32]), &key, "uid-1");
        assert!(!of_other.is_made_with(&private, &text));
    }
}
