//! [`Certificates`]: the known certificates, and which of them, or of all that were ever fetched, a SealedSecret was
//! sealed with.

use crate::certificate::known_certificate::KnownCertificate;
use crate::certificate::{CertificateSource, SourceError};
use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::SealedWith;
use crate::terminal::warnings::alert;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
use envelope::{Certificate, pem};
use sealing::ItemCertificates;
use std::collections::BTreeMap;
use std::error::Error;

/// Certificates, and where they come from.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    newest_first: Vec<Certificate>,
    from: Option<&'static str>,
}

impl Certificates {
    /// The certificates of `source`. A missing cached certificate is no error: then less is printed.
    pub(crate) fn from(source: &CertificateSource) -> Result<Self, SourceError> {
        let from = match source.plain() {
            CertificateSource::File(_) | CertificateSource::Url(_) => "cert",
            CertificateSource::Cache(_) => "kept",
            CertificateSource::Controller(_) | CertificateSource::Named(..) => "cluster",
        };
        let text = match source.pem() {
            Ok(text) => text,
            Err(SourceError::Cache(_)) => return Ok(Self::default()),
            Err(error @ SourceError::Withdrawn { .. }) => {
                alert(format_args!("the present certificate is not known: {}", last_cause(&error)));
                return Ok(Self::default());
            }
            // The rest of the cluster's state can be printed without it.
            Err(SourceError::Controller(error)) => {
                alert(format_args!("cannot fetch the controller's certificate: {}", last_cause(&*error)));
                return Ok(Self::default());
            }
            Err(error) => return Err(error),
        };
        let mut newest_first: Vec<Certificate> = pem::blocks(&text)
            .iter()
            .filter(|block| block.label == "CERTIFICATE")
            // The first is valid, or there would be no text; others that are not cannot have sealed.
            .filter_map(|block| Certificate::from_der(&block.der).ok())
            .collect();
        newest_first.sort_by_key(|certificate| std::cmp::Reverse(certificate.not_before()));
        Ok(Self { newest_first, from: Some(from) })
    }

    /// What is known of the certificates that these annotations name for these items, and whose keys have this size, if they have one.
    pub(crate) fn sealed_with<'n>(
        &self,
        annotations: &BTreeMap<String, String>,
        items: impl IntoIterator<Item = &'n str>,
        key_bits: Option<usize>,
        problems: &mut Vec<Problem>,
    ) -> SealedWith {
        let noted = ItemCertificates::of(Some(annotations));
        if annotations.contains_key(CERTIFICATE_FINGERPRINT) && noted.of_all().is_none() {
            problems.push(Problem::BadFingerprint);
        }
        if annotations.contains_key(ITEM_CERTIFICATES) && noted.is_empty() {
            problems.push(Problem::BadItemCertificates);
        }
        let noted = noted.among(items);
        let fingerprint = noted.of_all();
        let newest = self.newest_first.first();
        let seen = fingerprint.and_then(KnownCertificate::with);
        let given = self.newest_first.iter().find(|known| Some(known.fingerprint()) == fingerprint);
        let known = given.or(seen.as_ref().map(|seen| &seen.certificate));
        if let (Some(known), Some(bits)) = (known, key_bits)
            && known.public().bits() != bits
        {
            problems.push(Problem::OtherKey { annotated: known.public().bits() });
        }
        // Without a fingerprint, only the size of the key may show that it is another one.
        let is_newest = newest.and_then(|newest| match (fingerprint, key_bits) {
            (Some(fingerprint), _) => Some(newest.fingerprint() == fingerprint),
            (None, Some(bits)) if bits != newest.public().bits() => Some(false),
            (None, _) if noted.keys().any(|key| key != newest.fingerprint()) => Some(false),
            (None, _) => None,
        });
        SealedWith {
            fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
            by_item: noted.items().map(|(key, items)| (key.to_string(), items.clone())).collect(),
            key_bits,
            not_before: known.map(Certificate::not_before),
            not_after: known.map(Certificate::not_after),
            first_fetched: seen.as_ref().map(|seen| seen.first_fetched),
            fetched_from: seen.as_ref().map(|seen| seen.from.clone()),
            is_newest,
            newest_is_recipient: false,
            newest: newest.map(|newest| newest.fingerprint().to_string()),
            known_from: newest.and(self.from),
        }
    }
}

/// The last cause of an error, in words.
fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    crate::error::cause::words(last)
}
