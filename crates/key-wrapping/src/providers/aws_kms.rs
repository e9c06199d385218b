//! AWS KMS (<https://docs.aws.amazon.com/kms/latest/APIReference/>).
//!
//! Decided: the encryption context has the cluster's name and the fingerprint alone, because `CloudTrail` shows it in plain.
//!
//! Decided: never the role of the node, which the instance metadata service gives to every Pod: each of them could use the key.

mod credential_source;
mod credentials;
mod failure;
mod pod_identity;
mod signature;
mod web_identity;

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
use crate::providers::aws_kms::credential_source::CredentialSource;
use crate::providers::aws_kms::failure::{Operation, failure, has_invalid_credentials};
use crate::providers::aws_kms::signature::signed;
use async_trait::async_trait;
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use strict_json::Base64;
use zeroize::Zeroizing;

const OPTIONS: [&str; 3] = ["ca-file", "endpoint", "sts-endpoint"];

/// A key of AWS KMS.
#[derive(Debug)]
pub(crate) struct AwsKms {
    uri: ProviderUri,
    arn: String,
    region: String,
    endpoint: Endpoint,
    credentials: CredentialSource,
    client: HttpsClient,
}

impl AwsKms {
    pub(crate) fn new(
        spec: &ProviderSpec,
        (arn, region): (&str, &str),
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        spec.check_options(&OPTIONS)?;
        let endpoint = endpoint(spec, "endpoint", "kms", arn, region)?;
        let sts = || self::endpoint(spec, "sts-endpoint", "sts", arn, region);
        Ok(Self {
            uri: spec.uri.clone(),
            arn: arn.into(),
            region: region.into(),
            endpoint,
            credentials: CredentialSource::new(sts, environment)?,
            client: HttpsClient::new(spec)?,
        })
    }

    /// Calls an operation.
    async fn call(&self, operation: Operation, request: Request) -> Result<Response, ProviderError> {
        let request = &request
            .header("content-type", HeaderValue::from_static("application/x-amz-json-1.1"))
            .header("x-amz-target", HeaderValue::from_static(operation.target()));
        let response = send_with(
            || self.credentials.obtain(&self.client),
            || self.credentials.forget(),
            |credentials| async move {
                let request = signed(request.clone(), &self.endpoint, &self.region, &credentials)?;
                self.client.send(&self.endpoint, &request).await
            },
            has_invalid_credentials,
        )
        .await?;
        match response.status {
            StatusCode::OK => Ok(response),
            _ => Err(failure(operation, &response, &self.endpoint)),
        }
    }

    /// Whether the answer is of the configured key. An alias stands for a key whose ARN is another.
    fn check_key(&self, key_id: &str) -> Result<(), ProviderError> {
        if self.arn == key_id || self.arn.contains(":alias/") {
            return Ok(());
        }
        let message = "its answer cannot be used: it names another key than the one that was asked for";
        Err(ProviderError::new(ProviderErrorKind::Garbage, message))
    }
}

/// The endpoint that an option names, or that of the service in the region of the key.
fn endpoint(
    spec: &ProviderSpec,
    option: &'static str,
    service: &str,
    arn: &str,
    region: &str,
) -> Result<Endpoint, ProviderSpecError> {
    if let Some(endpoint) = Endpoint::option(spec, option)? {
        return Ok(endpoint);
    }
    let domain = match arn.split(':').nth(1) {
        Some("aws" | "aws-us-gov") => "amazonaws.com",
        Some("aws-cn") => "amazonaws.com.cn",
        Some("aws-eusc") => "amazonaws.eu",
        _ => {
            let message = "name it: the domain of this ARN's partition is not known";
            return Err(ProviderSpecError::Value(option, message.to_owned()));
        }
    };
    Ok(Endpoint::https(&format!("{service}.{region}.{domain}")).map_err(|_| ProviderUriError::AwsKms)?)
}

#[async_trait]
impl KeyWrapper for AwsKms {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn binds_context(&self) -> bool {
        true
    }

    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
        let plaintext = base64(data_key.bytes());
        let body = ToEncrypt { key_id: &self.arn, plaintext: &plaintext, encryption_context: context.into() };
        let request = Request::post_json("/", &body)?.keeping_secret(&plaintext);
        let response = self.call(Operation::Encrypt, request).await?;
        let Encrypted { key_id, ciphertext_blob } = response.json()?;
        self.check_key(&key_id)?;
        slot(&self.uri, &key_id, ciphertext_blob.0)
    }

    async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError> {
        let ciphertext = base64(&slot.wrapped);
        let body =
            ToDecrypt { key_id: &self.arn, ciphertext_blob: &ciphertext, encryption_context: context.into() };
        let request = Request::post_json("/", &body)?.keeping_secret(&ciphertext);
        let response = self.call(Operation::Decrypt, request).await?;
        let Decrypted { key_id, plaintext } = response.json()?;
        self.check_key(&key_id)?;
        data_key(&plaintext)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ToEncrypt<'a> {
    key_id: &'a str,
    plaintext: &'a str,
    encryption_context: EncryptionContext<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ToDecrypt<'a> {
    key_id: &'a str,
    ciphertext_blob: &'a str,
    encryption_context: EncryptionContext<'a>,
}

#[derive(Serialize)]
struct EncryptionContext<'a> {
    #[serde(rename = "sealed-secrets/cluster")]
    cluster: &'a str,
    #[serde(rename = "sealed-secrets/fingerprint")]
    fingerprint: String,
}

impl<'a> From<&'a Context> for EncryptionContext<'a> {
    fn from(context: &'a Context) -> Self {
        Self { cluster: context.cluster_name.as_str(), fingerprint: context.fingerprint.to_string() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    key_id: String,
    ciphertext_blob: Base64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypted {
    key_id: String,
    #[serde(deserialize_with = "secret")]
    plaintext: Zeroizing<String>,
}

#[cfg(test)]
mod tests;
