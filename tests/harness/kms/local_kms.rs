//! `local-kms`, which serves the API of AWS KMS (`tests/programs/local-kms`).
//!
//! Real: AES-GCM with the encryption context as additional data, the states of keys, the errors of AWS, keys on disk. Not as in
//! production: plain HTTP, and no credentials at all: it checks neither a signature nor a policy, which [`moto`](crate::kms::moto) does.
//!
//! Decided: a program of ours on that project's packages, instead of its own, which listens on all addresses of the machine.

use anyhow::{Context as _, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::control_plane::port::free_port;
use crate::kms::aws_api::{AwsApi, REGION};
use crate::kms::json_response::JsonResponse;
use crate::kms::server::Server;
use crate::process::lifeline;
use crate::programs::own;

const ACCOUNT: &str = "111122223333";

/// A running local-kms. Its folder is deleted when this is dropped.
#[derive(Debug)]
pub struct LocalKms {
    server: Server,
    api: AwsApi,
    _dir: TempDir,
}

impl LocalKms {
    /// Starts it, without any key. Takes half a minute the first time, while it is built.
    pub async fn start_new() -> Result<Self> {
        let build = || own::build("local-kms", "local-kms");
        let program = tokio::task::spawn_blocking(build).await.context("panicked")??;
        let dir = tempfile::Builder::new().prefix("local-kms-").tempdir().context("no temporary folder")?;
        let (port, data) = (free_port()?, dir.path().join("data"));
        let server = Server::new("local-kms", &dir.path().join("local-kms.log"), move || {
            let mut command = lifeline::command(&program);
            command.arg(format!("127.0.0.1:{port}")).args([REGION, ACCOUNT]).arg(&data).env_clear();
            command
        });
        let this = Self { server, api: AwsApi::new(port)?, _dir: dir };
        this.start().await?;
        Ok(this)
    }

    /// Ends it. Its keys stay.
    pub async fn stop(&self) -> Result<()> {
        self.server.stop().await
    }

    /// Starts it again, under the same address.
    pub async fn start(&self) -> Result<()> {
        self.server.start(async || self.api.listens().await).await
    }

    /// Its URL, for `AWS_ENDPOINT_URL_KMS`.
    pub fn url(&self) -> String {
        self.api.url()
    }

    /// Makes a symmetric key in [`REGION`]; returns its ARN.
    pub async fn create_key(&self) -> Result<String> {
        self.api.create_key().await
    }

    /// Calls an operation of KMS, such as `DisableKey`.
    pub async fn call(&self, operation: &str, body: &Value) -> Result<JsonResponse> {
        self.api.call(operation, body).await
    }
}
