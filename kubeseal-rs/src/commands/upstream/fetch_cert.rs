//! `fetch_cert`: prints the certificate, for `--cert` later.

use crate::error::CommandError;
use crate::settings::FetchCert;

pub(crate) fn fetch_cert(fetch: &FetchCert) -> Result<(), CommandError> {
    let pem = fetch.certificate.pem()?;
    Ok(fetch.output.write(pem.as_bytes())?)
}
