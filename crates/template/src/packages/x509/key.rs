//! Private keys: RSA, ECDSA, Ed25519; generated, or read from PEM.

use super::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, OCTET_STRING, SEQUENCE, read, write};
use super::pem;
use crate::error::{Cause, Result};
use crate::limits::Budget;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use zeroize::Zeroizing;

const RSA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ED25519: &[u8] = &[0x06, 3, 0x2b, 0x65, 0x70];
const NULL: &[u8] = &[5, 0];
const VERSION_0: &[u8] = &[INTEGER, 1, 0];
const VERSION_1: &[u8] = &[INTEGER, 1, 1];

/// The kind of key to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Rsa2048,
    Rsa4096,
    EcdsaP256,
    Ed25519,
}

/// A private key in PKCS#8.
pub(crate) struct Key {
    pkcs8: Zeroizing<Vec<u8>>,
}

impl Key {
    /// A new key. aws-lc takes its randomness itself.
    pub(crate) fn generate(budget: &Budget, kind: KeyKind) -> Result<Self> {
        let failed = || Cause::evaluation("the key does not generate");
        budget.toil(match kind {
            KeyKind::Rsa2048 => 100,
            KeyKind::Rsa4096 => 500,
            KeyKind::EcdsaP256 | KeyKind::Ed25519 => 2,
        })?;
        let rsa = |size: KeySize| -> Result<Zeroizing<Vec<u8>>> {
            let pair = RsaKeyPair::generate(size).map_err(|_| failed())?;
            let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| failed())?;
            Ok(Zeroizing::new(der.as_ref().to_vec()))
        };
        let other = |algorithm| -> Result<Zeroizing<Vec<u8>>> {
            let pair = KeyPair::generate_for(algorithm).map_err(|_| failed())?;
            Ok(Zeroizing::new(pair.serialize_der()))
        };
        let pkcs8 = match kind {
            KeyKind::Rsa2048 => rsa(KeySize::Rsa2048)?,
            KeyKind::Rsa4096 => rsa(KeySize::Rsa4096)?,
            KeyKind::EcdsaP256 => other(&PKCS_ECDSA_P256_SHA256)?,
            KeyKind::Ed25519 => other(&PKCS_ED25519)?,
        };
        Ok(Self { pkcs8 })
    }

    /// The key of the first PEM block: PKCS#8, PKCS#1 or SEC1. A key that cannot sign is refused.
    pub(crate) fn parse(budget: &Budget, text: &[u8]) -> Result<Self> {
        budget.memory(text.len().saturating_mul(3))?;
        let wrong = || Cause::evaluation("not a private key in PEM, or not of a kind that is taken");
        let (label, der) = pem::decode(text).ok_or_else(wrong)?;
        let pkcs8 = match label.as_str() {
            "PRIVATE KEY" => der,
            "RSA PRIVATE KEY" => wrap(&[RSA, NULL], &der),
            "EC PRIVATE KEY" => wrap(&[EC, curve(&der).ok_or_else(wrong)?], &der),
            "DSA PRIVATE KEY" => {
                return Err(Cause::evaluation("DSA keys are refused: nothing takes them any more"));
            }
            _ => return Err(wrong()),
        };
        let key = Self { pkcs8 };
        // It takes half a millisecond at 2048 bits, eight at 8192.
        budget.toil(1 + key.kibibytes().pow(2))?;
        key.pair()?;
        Ok(key)
    }

    /// Pays for a signature, before it is made. The time grows with the cube of the key's length, to forty milliseconds at 8192 bits.
    pub(super) fn pay_for_signature(&self, budget: &Budget) -> Result<()> {
        budget.toil(1 + self.kibibytes().pow(3))
    }

    /// The size of the key in KiB: one for an RSA key of 2048 bits, zero for an elliptic curve.
    fn kibibytes(&self) -> u64 {
        self.pkcs8.len() as u64 / 1024
    }

    /// The key in the form that signs.
    pub(super) fn pair(&self) -> Result<KeyPair> {
        KeyPair::try_from(self.pkcs8.as_slice())
            .map_err(|_| Cause::evaluation("the private key is of a kind or size that is not taken"))
    }

    /// The key in PEM, as Go writes each kind: PKCS#1, SEC1, and PKCS#8 for Ed25519.
    pub(crate) fn pem(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.encoded().ok_or_else(|| Cause::evaluation("the private key does not encode"))
    }

    fn encoded(&self) -> Option<Zeroizing<Vec<u8>>> {
        let (content, _) = read(&self.pkcs8, SEQUENCE)?;
        let (_, content) = read(content, INTEGER)?;
        let (algorithm, content) = read(content, SEQUENCE)?;
        let (inner, _) = read(content, OCTET_STRING)?;
        if algorithm.starts_with(RSA) {
            return Some(pem::encode("RSA PRIVATE KEY", inner));
        }
        if algorithm == ED25519 {
            return Some(pem::encode("PRIVATE KEY", &wrap(&[ED25519], inner)));
        }
        let curve = algorithm.strip_prefix(EC)?;
        let (fields, _) = read(inner, SEQUENCE)?;
        let (_, fields) = read(fields, INTEGER)?;
        let (secret, _) = read(fields, OCTET_STRING)?;
        let pair = self.pair().ok()?;
        let secret = write(OCTET_STRING, &[secret]);
        let curve = write(CONTEXT_0, &[curve]);
        let public = write(BIT_STRING, &[&[0], pair.public_key_raw()]);
        let public = write(CONTEXT_1, &[&public]);
        Some(pem::encode("EC PRIVATE KEY", &write(SEQUENCE, &[VERSION_1, &secret, &curve, &public])))
    }
}

/// A key of that algorithm in PKCS#8.
fn wrap(algorithm: &[&[u8]], key: &[u8]) -> Zeroizing<Vec<u8>> {
    write(SEQUENCE, &[VERSION_0, &write(SEQUENCE, algorithm), &write(OCTET_STRING, &[key])])
}

/// The identifier of the curve in a SEC1 key.
fn curve(sec1: &[u8]) -> Option<&[u8]> {
    let (fields, _) = read(sec1, SEQUENCE)?;
    let (_, fields) = read(fields, INTEGER)?;
    let (_, fields) = read(fields, OCTET_STRING)?;
    Some(read(fields, CONTEXT_0)?.0)
}
