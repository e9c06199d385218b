//! A KMS v2 plugin (`tests/programs/kms-plugin`), as kube-apiserver calls one over a unix socket. It is written with `k8s.io/kms`, the
//! library of Kubernetes for plugins.
//!
//! Real: the gRPC server and its messages, AES-GCM. Not as in production: the keys lie in files, and no service is behind it. It returns
//! an annotation that holds the nonce, and decrypts nothing without it. A test chooses the key and what is wrong with the responses;
//! a client of the socket cannot.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::UnixStream;

use crate::authority::write_key;
use crate::kms::files::{read_lines, write_whole};
use crate::kms::server::Server;
use crate::process::cli::Cli;
use crate::process::lifeline;
use crate::programs::own;

/// The key that encrypts at first.
pub const FIRST_KEY: &str = "first";

const CONTROL: &str = "control.json";
const KEYS: &str = "keys";
const SOCKETS: &str = "socket";

/// A running plugin. Its folder is deleted when this is dropped.
#[derive(Debug)]
pub struct KmsPlugin {
    server: Server,
    client: Cli,
    control: Mutex<Control>,
    dir: TempDir,
}

/// What the plugin reads for each call.
#[derive(Debug)]
struct Control {
    key_id: String,
    fault: Option<PluginFault>,
}

/// What is wrong with a plugin's responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginFault {
    /// Status says that it is not healthy.
    Unhealthy,
    /// Status says that it speaks another version of the API.
    OtherVersion,
    /// No call is ever answered.
    Hang,
    /// Encrypt and Decrypt are refused, as when the rights to the key were taken away.
    Denied,
    /// Encrypt returns more than the 1 KiB that the API allows.
    LongCiphertext,
    /// Encrypt returns no ciphertext.
    EmptyCiphertext,
    /// Encrypt and Status return no key ID.
    EmptyKeyId,
    /// Encrypt and Status return a key ID of more than the 1 KiB that the API allows.
    LongKeyId,
    /// Encrypt returns an annotation whose name is no domain name.
    BadAnnotationName,
    /// Encrypt returns more than the 32 KiB of annotations that the API allows.
    LongAnnotations,
    /// Decrypt returns other bytes than were encrypted.
    OtherPlaintext,
}

/// A call that the plugin got.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PluginCall {
    /// `Status`, `Encrypt` or `Decrypt`.
    pub method: String,
    /// The client's identifier of the call.
    pub uid: String,
    /// The key of a Decrypt.
    pub key_id: String,
}

impl KmsPlugin {
    /// Starts it with [`FIRST_KEY`]. Blocks a task for a minute the first time, while it is built.
    pub async fn start_new() -> Result<Self> {
        let build = || own::build("kms-plugin", "kms-plugin");
        let program = tokio::task::spawn_blocking(build).await.context("panicked")??;
        let dir = tempfile::Builder::new().prefix("kms-plugin-").tempdir().context("no temporary folder")?;
        for folder in [KEYS, SOCKETS] {
            fs::create_dir(dir.path().join(folder)).with_context(|| format!("cannot create {folder}"))?;
        }
        let (client, folder) = (Cli::new(&program), dir.path().to_owned());
        let server = Server::new("kms-plugin", &dir.path().join("kms-plugin.log"), move || {
            let mut command = lifeline::command(&program);
            command.arg("serve").arg(&folder).env_clear();
            command
        });
        let control = Mutex::new(Control { key_id: String::new(), fault: None });
        let this = Self { server, client, control, dir };
        this.rotate(FIRST_KEY)?;
        this.start().await?;
        Ok(this)
    }

    /// Ends it. Its keys stay.
    pub async fn stop(&self) -> Result<()> {
        self.server.stop().await
    }

    /// Starts it again, on the same socket.
    pub async fn start(&self) -> Result<()> {
        let socket = self.socket();
        self.server.start(async || Ok(UnixStream::connect(&socket).await.map(drop)?)).await
    }

    /// The path of its socket. The socket's folder has nothing else in it.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join(SOCKETS).join("kms.sock")
    }

    /// Encrypts under the key `key_id` from now on, which is made if it is new. Old ones still decrypt.
    pub fn rotate(&self, key_id: &str) -> Result<()> {
        let keys = self.dir.path().join(KEYS);
        if !keys.join(key_id).exists() {
            write_key(&keys, key_id, &rand::random::<[u8; 32]>())?;
        }
        self.change(|control| key_id.clone_into(&mut control.key_id))
    }

    /// Destroys a key: nothing decrypts any more what was encrypted under it.
    pub fn destroy_key(&self, key_id: &str) -> Result<()> {
        let path = self.dir.path().join(KEYS).join(key_id);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
    }

    /// Sets what is wrong with its responses from now on; `None` makes it right.
    pub fn set_fault(&self, fault: Option<PluginFault>) -> Result<()> {
        self.change(|control| control.fault = fault)
    }

    /// The calls that it got so far, in order.
    pub fn calls(&self) -> Result<Vec<PluginCall>> {
        read_lines(&self.dir.path().join("calls.jsonl"))
    }

    /// The number of calls of `method` so far.
    pub fn count(&self, method: &str) -> Result<usize> {
        Ok(self.calls()?.iter().filter(|call| call.method == method).count())
    }

    /// Calls `status`, `encrypt` or `decrypt` as a client of the socket does. Bytes are in base64.
    pub async fn call(&self, method: &str, request: &Value) -> Result<Value> {
        let socket = self.socket().display().to_string();
        let response = self.client.output(&["call", &socket, method], request.to_string().as_bytes()).await?;
        serde_json::from_slice(&response).context("the plugin's client printed no JSON")
    }

    fn change(&self, change: impl FnOnce(&mut Control)) -> Result<()> {
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut control);
        let fault = control.fault.map_or("", PluginFault::name);
        write_whole(&self.dir.path().join(CONTROL), &json!({ "keyId": control.key_id, "fault": fault }))
    }
}

impl PluginFault {
    /// As in control.json.
    const fn name(self) -> &'static str {
        match self {
            Self::Unhealthy => "unhealthy",
            Self::OtherVersion => "other-version",
            Self::Hang => "hang",
            Self::Denied => "denied",
            Self::LongCiphertext => "long-ciphertext",
            Self::EmptyCiphertext => "empty-ciphertext",
            Self::EmptyKeyId => "empty-key-id",
            Self::LongKeyId => "long-key-id",
            Self::BadAnnotationName => "bad-annotation-name",
            Self::LongAnnotations => "long-annotations",
            Self::OtherPlaintext => "other-plaintext",
        }
    }
}
