//! Kubeconfig files for this control plane: the admin's, and those of service accounts' tokens; and one for several control planes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// The user of a kubeconfig.
#[derive(Debug, Clone, Copy)]
pub(crate) enum User<'a> {
    /// The bearer of the client certificate `NAME.crt`.
    Certificate(&'a str),
    /// The bearer of a token.
    Token(&'a str),
    /// No user: each request through a proxy has its own credentials.
    Anonymous,
}

pub(crate) fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

/// Writes `dir/name`, readable by no other user; returns its path. The format is JSON, which is YAML too.
pub(crate) fn write(dir: &Path, name: &str, port: u16, namespace: &str, user: User<'_>) -> Result<PathBuf> {
    write_for(dir, name, &url(port), namespace, user)
}

/// Writes `dir/name` with the address of a proxy; returns its path.
pub(crate) fn write_for(
    dir: &Path,
    name: &str,
    server: &str,
    namespace: &str,
    user: User<'_>,
) -> Result<PathBuf> {
    let user = match user {
        User::Certificate(name) => {
            let file = |kind| dir.join(format!("{name}.{kind}"));
            json!({ "client-certificate": file("crt"), "client-key": file("key") })
        }
        User::Token(token) => json!({ "token": token }),
        User::Anonymous => json!({}),
    };
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "local",
            "cluster": { "server": server, "certificate-authority": dir.join("ca.crt") },
        }],
        "users": [{ "name": "user", "user": user }],
        "contexts": [{ "name": "local", "context": { "cluster": "local", "user": "user", "namespace": namespace } }],
        "current-context": "local",
    });
    let path = dir.join(name);
    write_document(&path, &config)?;
    Ok(path)
}

/// Writes a kubeconfig with a context for each of these names, which has the cluster and the user of that kubeconfig. The first context is
/// the current one.
pub fn write_contexts(path: &Path, contexts: &[(&str, PathBuf)]) -> Result<()> {
    let mut all = Kubeconfig::default();
    for (name, kubeconfig) in contexts {
        let mut one = Kubeconfig::read_from(kubeconfig).context("cannot read a kubeconfig")?;
        let name = || (*name).to_owned();
        one.clusters.iter_mut().for_each(|cluster| cluster.name = name());
        one.auth_infos.iter_mut().for_each(|user| user.name = name());
        for context in &mut one.contexts {
            context.name = name();
            if let Some(context) = &mut context.context {
                (context.cluster, context.user) = (name(), Some(name()));
            }
        }
        all.current_context.get_or_insert_with(name);
        all.clusters.append(&mut one.clusters);
        all.auth_infos.append(&mut one.auth_infos);
        all.contexts.append(&mut one.contexts);
    }
    write_document(path, &serde_json::to_value(&all)?)
}

/// Replaces the file as a whole: tests that run side by side may read and write it.
fn write_document(path: &Path, config: &Value) -> Result<()> {
    let file = NamedTempFile::new_in(path.parent().unwrap_or(path)).and_then(|mut file| {
        file.write_all(format!("{config:#}\n").as_bytes())?;
        Ok(file.persist(path)?)
    });
    file.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// A client for the kubeconfig at `path`, whatever the environment says.
pub(crate) async fn client(path: &Path) -> Result<Client> {
    Client::try_from(config(path).await?).context("cannot make a client")
}

/// A client for a proxy: it sends each request once, and waits without a time-out.
pub(crate) async fn passing_client(path: &Path) -> Result<Client> {
    let mut config = config(path).await?;
    config.default_retry = false;
    config.read_timeout = None;
    Client::try_from(config).context("cannot make a client")
}

async fn config(path: &Path) -> Result<Config> {
    let kubeconfig = Kubeconfig::read_from(path).context("cannot read the kubeconfig just written")?;
    Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
}
