//! Calls to a server that serves the API of AWS KMS, without a signature; and the [`REGION`] of all keys.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::kms::json_response::JsonResponse;
use crate::network::http_client::http_client;

/// The region of all keys.
pub const REGION: &str = "eu-central-1";

/// A server on a port of loopback.
#[derive(Debug)]
pub(crate) struct AwsApi {
    http: Client,
    port: u16,
}

impl AwsApi {
    pub(crate) fn new(port: u16) -> Result<Self> {
        Ok(Self { http: http_client().build()?, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) const fn http(&self) -> &Client {
        &self.http
    }

    /// Whether the server listens.
    pub(crate) async fn listens(&self) -> Result<()> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        Ok(())
    }

    /// Calls an operation of KMS, such as `Encrypt`.
    pub(crate) async fn call(&self, operation: &str, body: &Value) -> Result<JsonResponse> {
        let request = self
            .http
            .post(self.url())
            .header("X-Amz-Target", format!("TrentService.{operation}"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("Authorization", no_signature("kms"))
            .body(body.to_string());
        JsonResponse::to(request).await
    }

    /// Makes a symmetric key; returns its ARN.
    pub(crate) async fn create_key(&self) -> Result<String> {
        let made = self.call("CreateKey", &json!({})).await?.success()?;
        Ok(made["KeyMetadata"]["Arn"].as_str().context("a key without an ARN")?.to_owned())
    }
}

/// What names the region and the service. The servers do not check the signature unless a test has them do it.
pub(crate) fn no_signature(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=harness/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, \
         Signature=none"
    )
}
