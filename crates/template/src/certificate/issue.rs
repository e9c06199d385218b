//! Issuing certificates.

use super::Certificate;
use super::key::Key;
use super::pem;
use crate::engine::Engine;
use crate::error::{Fault, Result};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose,
    SanType, SerialNumber,
};
use std::net::IpAddr;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Certificates have no date before the year 0: to write one is a panic of the library's.
const FIRST_DATE: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// What a certificate is for.
pub(crate) struct Names {
    pub(crate) common: String,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) hosts: Vec<String>,
    /// How long it is valid.
    pub(crate) days: i64,
}

/// A certificate for the key, signed by the authority or by itself.
pub(crate) fn issue(
    engine: &Engine<'_>,
    names: &Names,
    key: &Key,
    is_authority: bool,
    authority: Option<&Certificate>,
) -> Result<Certificate> {
    let failed = || Fault::evaluation("error creating certificate");
    let params = params(engine, names, is_authority)?;
    let pair = key.pair()?;
    let certificate = match authority {
        None => {
            key.pay_for_signature(engine)?;
            params.self_signed(&pair).map_err(|_| failed())?
        }
        Some(authority) => {
            let (_, der) = pem::decode(authority.certificate())
                .ok_or_else(|| Fault::evaluation("unable to decode certificate"))?;
            if !names_can_be_written(&der) {
                return Err(Fault::evaluation("error parsing certificate"));
            }
            let signer = Key::parse(engine, authority.key())?;
            signer.pay_for_signature(engine)?;
            let signer = signer.pair()?;
            let der = der.to_vec().into();
            let issuer = Issuer::from_ca_cert_der(&der, signer)
                .map_err(|_| Fault::evaluation("error parsing certificate"))?;
            params.signed_by(&pair, &issuer).map_err(|_| failed())?
        }
    };
    Ok(Certificate::new(pem::encode("CERTIFICATE", certificate.der()), key.pem()?))
}

/// Whether every kind of name in the subject is one that the library can write again. It reads more than it writes, and to
/// write one of those is a panic.
fn names_can_be_written(der: &[u8]) -> bool {
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else { return false };
    certificate.subject().iter_attributes().all(|name| {
        let mut arcs = name.attr_type().iter().into_iter().flatten();
        matches!((arcs.next(), arcs.next()), (Some(0 | 1), Some(..40)) | (Some(2), Some(..0xFFFF)))
    })
}

fn params(engine: &Engine<'_>, names: &Names, is_authority: bool) -> Result<CertificateParams> {
    let failed = || Fault::evaluation("error creating certificate");
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    if !names.common.is_empty() {
        params.distinguished_name.push(DnType::CommonName, names.common.as_str());
    }
    for host in &names.hosts {
        params.subject_alt_names.push(SanType::DnsName(host.as_str().try_into().map_err(|_| failed())?));
    }
    params.subject_alt_names.extend(names.addresses.iter().copied().map(SanType::IpAddress));
    let valid = names.days.checked_mul(86_400).map(SignedDuration::from_secs).ok_or_else(failed)?;
    let until = engine.now().checked_add(valid).map_err(|_| failed())?;
    if until < FIRST_DATE {
        return Err(failed());
    }
    params.not_before = SystemTime::from(engine.now()).into();
    params.not_after = SystemTime::from(until).into();
    let mut serial = [0; 16];
    engine.random(&mut serial);
    // A serial number is positive.
    serial[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    if is_authority {
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    } else {
        params.is_ca = IsCa::ExplicitNoCa;
    }
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Whether the DER is that of a certificate.
pub(crate) fn is_certificate(der: &Zeroizing<Vec<u8>>) -> bool {
    x509_parser::parse_x509_certificate(der).is_ok()
}
