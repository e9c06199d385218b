//! [`ReplacementProof`]: shows that a wrapped key was made to replace one Secret, by the controller that had the private key.
//!
//! Decided: a proof by the private key, instead of a comparison of the two documents. An older document of the same key, from a backup or from
//! etcd's history, opens as well; but the service's key that it was wrapped with is perhaps about to be disabled, and the sealing key lost with it.

use crate::format::document::WrappedKey;
use crate::format::fields::append;
use crate::key_providers::error::WrapError;
use crate::proof;
use aws_lc_rs::digest::{SHA256, digest};
use envelope::{Fingerprint, PrivateKey};

const PURPOSE: &[u8] = b"sealed-secrets/wrapped-key/v1/replacement";

/// What is proven: the certificate and the text of the new document, and the `uid` of the Secret that it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacementProof(Vec<u8>);

impl ReplacementProof {
    /// Of this wrapped key beside a certificate, which replaces the Secret with this `uid`.
    #[must_use]
    pub fn of(certificate: Fingerprint, key: &WrappedKey, replaced: &str) -> Self {
        let mut message = Vec::new();
        append(&mut message, certificate.to_string().as_bytes());
        append(&mut message, digest(&SHA256, &key.to_json()).as_ref());
        append(&mut message, replaced.as_bytes());
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
    const VECTOR: &str = include_str!("../tests/vectors/one-slot.vector");

    /// The value was computed by Python's `hmac` and `hashlib`, from FORMAT.md.
    #[test]
    fn only_the_private_key_proves_what_replaces_which_secret() {
        let [private, other] = [PRIVATE, OTHER].map(|pem| PrivateKey::from_pem(pem).unwrap());
        let certificate = Fingerprint::from([0xab; 32]);
        let document = VECTOR.trim_end().split_once("\n\n").unwrap().1;
        let key = WrappedKey::from_json(document.as_bytes()).unwrap();
        let proof = |uid| ReplacementProof::of(certificate, &key, uid);
        let text = proof("uid-1").made_with(&private).unwrap();
        assert_eq!(text, "9yV/59Isd/IcxDFCGf45KFtcccnwtVUrBrcxACgvtPc=");
        assert!(proof("uid-1").is_made_with(&private, &text));
        assert!(!proof("uid-1").is_made_with(&other, &text));
        assert!(!proof("uid-2").is_made_with(&private, &text));
        let of_other = ReplacementProof::of(Fingerprint::from([0; 32]), &key, "uid-1");
        assert!(!of_other.is_made_with(&private, &text));
    }
}
