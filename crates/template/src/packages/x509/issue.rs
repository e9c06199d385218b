//! Issues certificates.

use super::Certificate;
use super::key::Key;
use super::pem;
use crate::error::{Cause, Result};
use crate::limits::Budget;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose,
    SanType, SerialNumber,
};
use std::net::IpAddr;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The earliest date of a certificate. The library panics when it writes one before the year 0.
const FIRST_DATE: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// What a certificate is to contain.
pub(crate) struct Request {
    pub(crate) common_name: String,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) hosts: Vec<String>,
    /// The days for which it is valid.
    pub(crate) days: i64,
    pub(crate) is_authority: bool,
    pub(crate) now: Timestamp,
    /// The serial number: random bytes.
    pub(crate) serial: [u8; 16],
}

/// A certificate for the key, signed by the authority or by itself.
pub(crate) fn issue(
    budget: &Budget,
    request: &Request,
    key: &Key,
    authority: Option<&Certificate>,
) -> Result<Certificate> {
    let failed = || Cause::evaluation("error creating certificate");
    let params = params(request)?;
    let pair = key.pair()?;
    let certificate = match authority {
        None => {
            key.pay_for_signature(budget)?;
            params.self_signed(&pair).map_err(|_| failed())?
        }
        Some(authority) => {
            let (_, der) = pem::decode(authority.certificate())
                .ok_or_else(|| Cause::evaluation("unable to decode certificate"))?;
            if !names_can_be_written(&der) {
                return Err(Cause::evaluation("error parsing certificate"));
            }
            let signer = Key::parse(budget, authority.key())?;
            signer.pay_for_signature(budget)?;
            let signer = signer.pair()?;
            let der = der.to_vec().into();
            let issuer = Issuer::from_ca_cert_der(&der, signer)
                .map_err(|_| Cause::evaluation("error parsing certificate"))?;
            params.signed_by(&pair, &issuer).map_err(|_| failed())?
        }
    };
    Ok(Certificate::new(pem::encode("CERTIFICATE", certificate.der()), key.pem()?))
}

/// Whether the library can write every kind of name in the subject. It reads kinds that it cannot write, and panics when it writes one.
fn names_can_be_written(der: &[u8]) -> bool {
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else { return false };
    certificate.subject().iter_attributes().all(|name| {
        let mut arcs = name.attr_type().iter().into_iter().flatten();
        matches!((arcs.next(), arcs.next()), (Some(0 | 1), Some(..40)) | (Some(2), Some(..0xFFFF)))
    })
}

fn params(request: &Request) -> Result<CertificateParams> {
    let failed = || Cause::evaluation("error creating certificate");
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    if !request.common_name.is_empty() {
        params.distinguished_name.push(DnType::CommonName, request.common_name.as_str());
    }
    for host in &request.hosts {
        params.subject_alt_names.push(SanType::DnsName(host.as_str().try_into().map_err(|_| failed())?));
    }
    params.subject_alt_names.extend(request.addresses.iter().copied().map(SanType::IpAddress));
    let valid = request.days.checked_mul(86_400).map(SignedDuration::from_secs).ok_or_else(failed)?;
    let until = request.now.checked_add(valid).map_err(|_| failed())?;
    if until < FIRST_DATE {
        return Err(failed());
    }
    params.not_before = SystemTime::from(request.now).into();
    params.not_after = SystemTime::from(until).into();
    let mut serial = request.serial;
    // A serial number is positive.
    serial[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    if request.is_authority {
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    } else {
        params.is_ca = IsCa::ExplicitNoCa;
    }
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Whether the DER is a certificate.
pub(crate) fn is_certificate(der: &Zeroizing<Vec<u8>>) -> bool {
    x509_parser::parse_x509_certificate(der).is_ok()
}
