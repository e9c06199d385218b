//! [`signed`]: a request with the signature that AWS wants (Signature Version 4).

use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::providers::aws_kms::credentials::Credentials;
use aws_lc_rs::digest;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use std::error::Error;
use std::fmt::Write as _;
use std::time::SystemTime;

/// The request, with headers that sign it for KMS in this region.
pub(crate) fn signed(
    request: Request,
    endpoint: &Endpoint,
    region: &str,
    credentials: &Credentials,
) -> Result<Request, ProviderError> {
    try_sign(request, endpoint, region, credentials).map_err(|error| {
        let message = "the request could not be signed: the credentials cannot be used";
        ProviderError::new(ProviderErrorKind::Denied, message).caused_by(error)
    })
}

fn try_sign(
    mut request: Request,
    endpoint: &Endpoint,
    region: &str,
    credentials: &Credentials,
) -> Result<Request, Box<dyn Error + Send + Sync>> {
    let Credentials { access_key_id, secret_access_key, session_token } = credentials;
    let session_token = session_token.as_ref().map(|token| token.as_str().to_owned());
    let identity = aws_credential_types::Credentials::new(
        access_key_id,
        secret_access_key.as_str(),
        session_token,
        None,
        "sealed-secrets",
    );
    let identity = identity.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("kms")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers: Vec<_> = request
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let signable = SignableRequest::new(
        request.method.as_str(),
        endpoint.at(&request.path)?.to_string(),
        headers.into_iter(),
        // The hash, and not the body, which this crate's log lines may show.
        SignableBody::Precomputed(sha256(&request.body)),
    )?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    let (headers, _) = instructions.into_parts();
    for header in headers {
        request = request.secret_header(header.name(), header.value())?;
    }
    Ok(request)
}

/// SHA-256 in hex.
fn sha256(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
