//! [`EscrowProof`]: shows that an escrow copy was made with the private key that it is said to hold, without opening it.

use crate::format::fields::append;
use crate::key_providers::error::WrapError;
use crate::proof;
use aws_lc_rs::digest::{SHA256, digest};
use envelope::{Fingerprint, PrivateKey};

/// What the subkey of the private key is for (the `info` of HKDF, RFC 5869).
const PURPOSE: &[u8] = b"sealed-secrets/wrapped-key/v1/escrow-copy";

/// What is proven of an escrow copy: its certificate, and the text of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowProof(Vec<u8>);

impl EscrowProof {
    /// Of a copy with this certificate and this text of `wrapped.json`.
    #[must_use]
    pub fn of(certificate: Fingerprint, document: &[u8]) -> Self {
        let mut message = Vec::new();
        append(&mut message, certificate.to_string().as_bytes());
        append(&mut message, digest(&SHA256, document).as_ref());
        Self(message)
    }

    /// The proof that only the private key makes, as text.
    pub fn made_with(&self, private: &PrivateKey) -> Result<String, WrapError> {
        proof::make(private, PURPOSE, &self.0)
    }

    /// Whether this text was made with the private key. The comparison takes constant time.
    #[must_use]
    pub fn is_made_with(&self, private: &PrivateKey, text: &str) -> bool {
        proof::is_made(private, PURPOSE, &self.0, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = include_str!("../../envelope/tests/keys/a.pkcs8.pem");
    const OTHER: &str = include_str!("../../envelope/tests/keys/b.pkcs8.pem");

    /// The value was computed by Python's `hmac` and `hashlib`, from FORMAT.md.
    #[test]
    fn only_the_private_key_makes_the_proof_of_a_copy() {
        let [private, other] = [PRIVATE, OTHER].map(|pem| PrivateKey::from_pem(pem).unwrap());
        let certificate = Fingerprint::from([0xab; 32]);
        let proof = EscrowProof::of(certificate, b"{}");
        let text = proof.made_with(&private).unwrap();
        assert_eq!(text, "tkK1z+ad8beSisQmrYCTxulKh0ii3FVFvL8Mee5W7p4=");
        assert!(proof.is_made_with(&private, &text));
        assert!(!proof.is_made_with(&other, &text));
        assert!(!EscrowProof::of(certificate, b"{ }").is_made_with(&private, &text));
        assert!(!EscrowProof::of(Fingerprint::from([0; 32]), b"{}").is_made_with(&private, &text));
        for text in ["", "====", &text[..40], &format!("{text} ")] {
            assert!(!proof.is_made_with(&private, text), "{text}");
        }
    }
}
