//! Kubeconfig files for this control plane: the admin's, and those of service accounts' tokens.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;

/// As whom.
#[derive(Debug, Clone, Copy)]
pub(super) enum User<'a> {
    /// A member of `system:masters`, by its client certificate.
    Admin,
    /// The bearer of a token.
    Token(&'a str),
}

pub(super) fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

/// Writes `dir/name`, readable by nobody else; its path. JSON, which is YAML too.
pub(super) fn write(dir: &Path, name: &str, port: u16, namespace: &str, user: User<'_>) -> Result<PathBuf> {
    let user = match user {
        User::Admin => {
            json!({ "client-certificate": dir.join("admin.crt"), "client-key": dir.join("admin.key") })
        }
        User::Token(token) => json!({ "token": token }),
    };
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "local",
            "cluster": { "server": url(port), "certificate-authority": dir.join("ca.crt") },
        }],
        "users": [{ "name": "user", "user": user }],
        "contexts": [{ "name": "local", "context": { "cluster": "local", "user": "user", "namespace": namespace } }],
        "current-context": "local",
    });
    let path = dir.join(name);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    file.and_then(|mut file| file.write_all(format!("{config:#}\n").as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// A client for the kubeconfig at `path`, whatever the environment says.
pub(super) async fn client(path: &Path) -> Result<Client> {
    let kubeconfig = Kubeconfig::read_from(path).context("cannot read the kubeconfig just written")?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    Client::try_from(config).context("cannot make a client")
}
