//! The fields of certificates and versions, for `fmt`, for JSON and for templates.

use super::Value;
use super::types::IntKind;
use crate::error::Result;
use crate::limits::Budget;
use crate::packages::semver::Version;
use crate::packages::x509::Certificate;

/// The fields of a certificate, by Go's names.
pub(crate) fn certificate_fields(certificate: &Certificate) -> [(&'static str, Value); 2] {
    [
        ("Cert", Value::Text(certificate.certificate().clone())),
        ("Key", Value::Text(certificate.key().clone())),
    ]
}

/// The fields of a version, by Go's names.
pub(crate) fn version_fields(budget: &Budget, version: &Version) -> Result<Vec<(&'static str, Value)>> {
    let number = |index: usize| Value::Int(IntKind::Uint64, version.numbers[index].cast_signed());
    Ok(vec![
        ("major", number(0)),
        ("minor", number(1)),
        ("patch", number(2)),
        ("pre", Value::text(budget, version.prerelease.as_str())?),
        ("metadata", Value::text(budget, version.metadata.as_str())?),
        ("original", Value::text(budget, version.original.as_str())?),
    ])
}
