//! Google's Cloud KMS (<https://cloud.google.com/kms/docs/reference/rest>).
//!
//! Checksums are sent and verified in both directions, as Google recommends: what was changed on its way is not stored, and not used.

mod access_token;
mod crc32c;
mod failure;
mod metadata_server;
mod service_account;

use crate::format::context::Context;
use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::https::request::{Request, base64};
use crate::https::response::{Response, secret};
use crate::provider::cached::send_with;
use crate::provider::encrypted::{data_key, slot};
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::uri::{ProviderUri, ProviderUriError};
use crate::providers::gcp_kms::access_token::AccessTokens;
use crate::providers::gcp_kms::crc32c::{Checksum, crc32c};
use crate::providers::gcp_kms::failure::{Operation, failure};
use async_trait::async_trait;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use strict_json::Base64;
use zeroize::Zeroizing;

const OPTIONS: [&str; 3] = ["ca-file", "credentials-file", "endpoint"];

/// A key of Cloud KMS.
#[derive(Debug)]
pub(crate) struct GcpKms {
    uri: ProviderUri,
    /// `projects/…/cryptoKeys/KEY`.
    name: String,
    endpoint: Endpoint,
    tokens: AccessTokens,
    client: HttpsClient,
}

impl GcpKms {
    pub(crate) fn new(
        spec: &ProviderSpec,
        name: &str,
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        spec.check_options(&OPTIONS)?;
        let googles = || Endpoint::https("cloudkms.googleapis.com").map_err(|_| ProviderUriError::GcpKms);
        Ok(Self {
            uri: spec.uri.clone(),
            name: name.into(),
            endpoint: Endpoint::option(spec, "endpoint")?.map_or_else(googles, Ok)?,
            tokens: AccessTokens::new(spec, environment)?,
            client: HttpsClient::new(spec)?,
        })
    }

    /// Calls an operation.
    async fn call(&self, operation: Operation, request: &Request) -> Result<Response, ProviderError> {
        let response = send_with(
            || self.tokens.obtain(&self.client),
            || self.tokens.forget(),
            |token| self.send(request, token),
            |response| response.status == StatusCode::UNAUTHORIZED,
        )
        .await?;
        match response.status {
            StatusCode::OK => Ok(response),
            _ => Err(failure(operation, &response, &self.endpoint)),
        }
    }

    async fn send(&self, request: &Request, token: Zeroizing<String>) -> Result<Response, ProviderError> {
        let bearer = Zeroizing::new(format!("Bearer {}", *token));
        let request = request.clone().secret_header("authorization", &bearer)?;
        self.client.send(&self.endpoint, &request).await
    }

    fn path(&self, verb: &str) -> String {
        format!("/v1/{}:{verb}", self.name)
    }
}

fn garbage(problem: &str) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Garbage, format!("its answer cannot be used: {problem}"))
}

#[async_trait]
impl KeyWrapper for GcpKms {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn binds_context(&self) -> bool {
        true
    }

    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
        let (plaintext, context) = (base64(data_key.bytes()), context.associated_data());
        let body = ToEncrypt {
            plaintext: &plaintext,
            plaintext_crc32c: crc32c(data_key.bytes()),
            additional_authenticated_data: &base64(&context),
            additional_authenticated_data_crc32c: crc32c(&context),
        };
        let request = Request::post_json(self.path("encrypt"), &body)?.keeping_secret(&plaintext);
        let response = self.call(Operation::Encrypt, &request).await?;
        let encrypted: Encrypted = response.json()?;
        if !encrypted.verified_plaintext_crc32c || !encrypted.verified_additional_authenticated_data_crc32c {
            return Err(garbage("it did not verify the checksums of the request"));
        }
        if encrypted.ciphertext_crc32c != crc32c(&encrypted.ciphertext.0) {
            return Err(garbage("the checksum of the ciphertext is another"));
        }
        let version =
            encrypted.name.strip_prefix(&self.name).and_then(|it| it.strip_prefix("/cryptoKeyVersions/"));
        let version =
            version.ok_or_else(|| garbage("it names another key than the one that was asked for"))?;
        slot(&self.uri, version, encrypted.ciphertext.0)
    }

    async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError> {
        let (ciphertext, context) = (base64(&slot.wrapped), context.associated_data());
        let body = ToDecrypt {
            ciphertext: &ciphertext,
            ciphertext_crc32c: crc32c(&slot.wrapped),
            additional_authenticated_data: &base64(&context),
            additional_authenticated_data_crc32c: crc32c(&context),
        };
        let request = Request::post_json(self.path("decrypt"), &body)?.keeping_secret(&ciphertext);
        let response = self.call(Operation::Decrypt, &request).await?;
        let decrypted: Decrypted = response.json()?;
        let data_key = data_key(&decrypted.plaintext)?;
        if decrypted.plaintext_crc32c != crc32c(data_key.bytes()) {
            return Err(garbage("the checksum of the plaintext is another"));
        }
        Ok(data_key)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToEncrypt<'a> {
    plaintext: &'a str,
    plaintext_crc32c: Checksum,
    additional_authenticated_data: &'a str,
    additional_authenticated_data_crc32c: Checksum,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToDecrypt<'a> {
    ciphertext: &'a str,
    ciphertext_crc32c: Checksum,
    additional_authenticated_data: &'a str,
    additional_authenticated_data_crc32c: Checksum,
}

/// A flag that is false may be left out, as JSON of protocol buffers has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encrypted {
    /// The version of the key that encrypted.
    name: String,
    ciphertext: Base64,
    ciphertext_crc32c: Checksum,
    #[serde(default)]
    verified_plaintext_crc32c: bool,
    #[serde(default)]
    verified_additional_authenticated_data_crc32c: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decrypted {
    #[serde(deserialize_with = "secret")]
    plaintext: Zeroizing<String>,
    plaintext_crc32c: Checksum,
}

#[cfg(test)]
mod tests;
