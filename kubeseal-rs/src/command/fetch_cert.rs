//! `fetch_cert`: prints the certificate, for `--cert` later.

use crate::failure::Failure;
use crate::mode::FetchCert;

pub(super) fn fetch_cert(fetch: &FetchCert) -> Result<(), Failure> {
    let pem = fetch.certificate.pem()?;
    Ok(fetch.output.write(pem.as_bytes())?)
}
