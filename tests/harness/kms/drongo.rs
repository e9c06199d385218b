//! drongo, which serves Google's Cloud KMS as REST, behind a server that adds access tokens and verified checksums
//! (`tests/programs/drongo`).
//!
//! Real: the paths, fields and errors of REST, the additional authenticated data, CRC32C in both directions; tokens of the metadata
//! server, those that the service account's key signs, and those for an assertion that it signs. Not as in production: plain HTTP; nothing is encrypted,
//! because drongo's ciphertext is the plaintext, the key's name and the additional data, encoded; every token may use every key.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::control_plane::port::free_port;
use crate::kms::files::{read_lines, write_whole};
use crate::kms::json_response::JsonResponse;
use crate::kms::server::Server;
use crate::network::http_client::http_client;
use crate::process::lifeline;
use crate::programs::own::python::Python;

const KEY_RING: &str = "projects/test-project/locations/europe-west3/keyRings/sealed-secrets";
const METADATA_TOKEN: &str = "computeMetadata/v1/instance/service-accounts/default/token";

/// A running drongo. Its folder is deleted when this is dropped.
#[derive(Debug)]
pub struct Drongo {
    server: Server,
    http: Client,
    python: Python,
    port: u16,
    /// The IDs of the keys, which are made again after each start.
    keys: Mutex<Vec<String>>,
    dir: TempDir,
}

/// What is wrong with the responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrongoFault {
    /// No request for a key is ever answered.
    Hang,
    /// Encrypt and Decrypt are refused, as when the rights to the key were taken away.
    Denied,
    /// Encrypt says that the checksums of the request were not verified.
    Unverified,
    /// The checksum of the response is that of other bytes.
    WrongChecksum,
    /// Encrypt names another key as the one that encrypted.
    OtherName,
    /// Decrypt returns other bytes than were encrypted.
    OtherPlaintext,
}

/// A request that it got.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct DrongoRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, without a query.
    pub path: String,
}

impl Drongo {
    /// Starts it, without any key. [`Unrun`](crate::failure::Unrun) where there is no Python that installs it.
    pub async fn start_new() -> Result<Self> {
        let python = tokio::task::spawn_blocking(|| Python::ready("drongo")).await.context("panicked")??;
        let dir = tempfile::Builder::new().prefix("drongo-").tempdir().context("no temporary folder")?;
        let (port, folder) = (free_port()?, dir.path().to_owned());
        let (interpreter, program) = (python.interpreter().to_owned(), python.program("server.py"));
        let server = Server::new("drongo", &dir.path().join("drongo.log"), move || {
            let mut command = lifeline::command(&interpreter);
            command.arg("-B").arg(&program).arg(port.to_string()).arg(&folder);
            command
                .env_clear()
                .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
                .env("HOME", &folder);
            command
        });
        let this = Self { server, http: http_client().build()?, python, port, keys: Mutex::default(), dir };
        this.start().await?;
        Ok(this)
    }

    /// Ends it. Its keys stay; tokens do not.
    pub async fn stop(&self) -> Result<()> {
        self.server.stop().await
    }

    /// Starts it again, under the same address.
    pub async fn start(&self) -> Result<()> {
        self.server.start(async || self.metadata_token().await.map(drop)).await?;
        let (parent, id) = KEY_RING.rsplit_once('/').unwrap_or_default();
        self.create(&format!("{parent}?keyRingId={id}")).await?;
        // What it encrypted has the key's name in it and no secret, so that a key of the same name decrypts it.
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for key in keys {
            self.create(&format!("{KEY_RING}/cryptoKeys?cryptoKeyId={key}")).await?;
        }
        Ok(())
    }

    /// Its URL, instead of `https://cloudkms.googleapis.com`.
    pub fn url(&self) -> String {
        format!("http://{}", self.metadata_host())
    }

    /// Its host and port, for `GCE_METADATA_HOST`.
    pub fn metadata_host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The path of a file with the key of a service account, for `GOOGLE_APPLICATION_CREDENTIALS`. It names this server as the one to get
    /// tokens from.
    pub fn service_account(&self) -> PathBuf {
        self.dir.path().join("service-account.json")
    }

    /// Makes a key; returns its name, `projects/…/cryptoKeys/ID`.
    pub async fn create_key(&self, id: &str) -> Result<String> {
        self.create(&format!("{KEY_RING}/cryptoKeys?cryptoKeyId={id}")).await?;
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
        Ok(format!("{KEY_RING}/cryptoKeys/{id}"))
    }

    /// Sets what is wrong with its responses from now on; `None` makes it right.
    pub fn set_fault(&self, fault: Option<DrongoFault>) -> Result<()> {
        let name = fault.map_or("", DrongoFault::name);
        write_whole(&self.dir.path().join("control.json"), &json!({ "fault": name }))
    }

    /// The requests that it got so far, in order, the harness's own included.
    pub fn requests(&self) -> Result<Vec<DrongoRequest>> {
        read_lines(&self.dir.path().join("calls.jsonl"))
    }

    /// What it answers to the bearer of `token`, for `encrypt` or `decrypt` with the key of this name.
    pub async fn call(&self, token: &str, key: &str, verb: &str, body: &Value) -> Result<JsonResponse> {
        self.post(token, &format!("v1/{key}:{verb}"), body).await
    }

    /// An access token of the metadata server.
    pub async fn metadata_token(&self) -> Result<String> {
        let request = self.http.get(format!("{}/{METADATA_TOKEN}", self.url()));
        let given = JsonResponse::to(request.header("Metadata-Flavor", "Google")).await?.success()?;
        Ok(given["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// An access token that Google's own library gets for the service account.
    pub fn service_account_token(&self) -> Result<String> {
        let file = self.service_account().display().to_string();
        Ok(self.python.run("access_token.py", &[&file], b"")?.trim().to_owned())
    }

    async fn create(&self, path: &str) -> Result<()> {
        let token = self.metadata_token().await?;
        let body = json!({ "purpose": "ENCRYPT_DECRYPT" });
        let made = self.post(&token, &format!("v1/{path}"), &body).await?;
        made.success().with_context(|| format!("drongo made no {path}"))?;
        Ok(())
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Result<JsonResponse> {
        let request = self.http.post(format!("{}/{path}", self.url()));
        JsonResponse::to(request.bearer_auth(token).body(body.to_string())).await
    }
}

impl DrongoFault {
    /// As in control.json.
    const fn name(self) -> &'static str {
        match self {
            Self::Hang => "hang",
            Self::Denied => "denied",
            Self::Unverified => "unverified",
            Self::WrongChecksum => "wrong-checksum",
            Self::OtherName => "other-name",
            Self::OtherPlaintext => "other-plaintext",
        }
    }
}
