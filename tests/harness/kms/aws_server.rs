//! [`AwsServer`]: a server with the API of AWS KMS, which the harness calls without a signature; and the [`REGION`] of all keys.

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::control_plane::port::free_port;
use crate::kms::json_response::JsonResponse;
use crate::kms::server::Server;
use crate::network::http_client::http_client;

/// The region of all keys.
pub const REGION: &str = "eu-central-1";

/// A server on a port of loopback. Its folder is deleted when this is dropped.
#[derive(Debug)]
pub struct AwsServer {
    server: Server,
    http: Client,
    port: u16,
    _dir: TempDir,
}

impl AwsServer {
    /// Starts the program `name`, by a command for this port and a folder of its own.
    pub(crate) async fn start_new(
        name: &'static str,
        command: impl Fn(u16, &Path) -> Command + Send + Sync + 'static,
    ) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix(name).tempdir().context("no temporary folder")?;
        let (port, folder) = (free_port()?, dir.path().to_owned());
        let log = dir.path().join(format!("{name}.log"));
        let server = Server::new(name, &log, move || command(port, &folder));
        let this = Self { server, http: http_client().build()?, port, _dir: dir };
        this.start().await?;
        Ok(this)
    }

    /// Ends it.
    pub async fn stop(&self) -> Result<()> {
        self.server.stop().await
    }

    /// Starts it again, under the same address.
    pub async fn start(&self) -> Result<()> {
        let address = (Ipv4Addr::LOCALHOST, self.port);
        self.server.start(async || Ok(TcpStream::connect(address).await.map(drop)?)).await
    }

    /// Its URL, for the options `endpoint` and `sts-endpoint`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes a symmetric key in [`REGION`]; returns its ARN.
    pub async fn create_key(&self) -> Result<String> {
        let made = self.call("CreateKey", &json!({})).await?.success()?;
        Ok(made["KeyMetadata"]["Arn"].as_str().context("a key without an ARN")?.to_owned())
    }

    /// Calls an operation of KMS, such as `Encrypt`.
    pub async fn call(&self, operation: &str, body: &Value) -> Result<JsonResponse> {
        let request = self
            .http
            .post(self.url())
            .header("X-Amz-Target", format!("TrentService.{operation}"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("Authorization", no_signature("kms"))
            .body(body.to_string());
        JsonResponse::to(request).await
    }

    pub(crate) const fn http(&self) -> &Client {
        &self.http
    }
}

/// What names the region and the service. The servers do not check the signature unless a test has them do it.
pub(crate) fn no_signature(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=harness/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, \
         Signature=none"
    )
}
