//! `issue`: makes the self-signed certificate of a new sealing key, shaped as upstream's.

use crate::keys::certificate::{Certificate, CertificateError};
use crate::keys::private_key::PrivateKey;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, KeyPair as _};
use jiff::{SignedDuration, Timestamp};
use rand::TryCryptoRng;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyUsagePurpose, PublicKeyData,
    SerialNumber, SignatureAlgorithm, SigningKey,
};

/// Why no certificate could be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The end of validity is before its start, or no date at all.
    #[error("the validity is not a span of time that a certificate can state")]
    Validity,
    /// The random source failed.
    #[error("the random source failed")]
    Random,
    /// Signing failed.
    #[error("the certificate could not be signed")]
    Sign(#[source] rcgen::Error),
    /// What was signed does not read back.
    #[error("the certificate just made does not read back")]
    ReadBack(#[source] CertificateError),
}

/// Issues a certificate for `key`: CA, EncipherOnly, common name `cn`, valid from `not_before` for `valid_for`,
/// with a random serial of 128 bits.
pub fn issue<R: TryCryptoRng>(
    rng: &mut R,
    key: &PrivateKey,
    cn: &str,
    not_before: Timestamp,
    valid_for: SignedDuration,
) -> Result<Certificate, IssueError> {
    if valid_for <= SignedDuration::ZERO {
        return Err(IssueError::Validity);
    }
    let not_after = not_before.checked_add(valid_for).map_err(|_| IssueError::Validity)?;
    let mut serial = [0; 16];
    rng.try_fill_bytes(&mut serial).map_err(|_| IssueError::Random)?;

    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    if !cn.is_empty() {
        params.distinguished_name.push(DnType::CommonName, cn);
    }
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + std::time::Duration::from_secs(unix_seconds(not_before)?);
    params.not_after = epoch + std::time::Duration::from_secs(unix_seconds(not_after)?);
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::EncipherOnly];

    let certificate = params.self_signed(&Signer(key)).map_err(IssueError::Sign)?;
    Certificate::from_der(certificate.der()).map_err(IssueError::ReadBack)
}

fn unix_seconds(time: Timestamp) -> Result<u64, IssueError> {
    // GeneralizedTime in a certificate ends with the year 9999, which is jiff's last year too.
    u64::try_from(time.as_second()).map_err(|_| IssueError::Validity)
}

/// Signs with the key where it is: rcgen's own key pair would keep a second, unwiped copy.
struct Signer<'a>(&'a PrivateKey);

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.signing().public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let key = self.0.signing();
        let mut signed = vec![0; key.public_modulus_len()];
        key.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signed)
            .map_err(|_| rcgen::Error::RingUnspecified)?;
        Ok(signed)
    }
}
