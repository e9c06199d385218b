//! What the controller serves over HTTP, and what it logs at its start.

use std::sync::Arc;
use tests::network::http_client::http_client;

use anyhow::{Result, ensure};
use api::sealing_key;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, ListParams};

use crate::stage::{HOME, Stage};

pub(crate) async fn serves_health_readiness_and_the_certificate(stage: Arc<Stage>) -> Result<()> {
    let http = http_client().build()?;
    let get = async |path: &str| {
        http.get(format!("{}{path}", stage.pod.url())).send().await.map_err(anyhow::Error::from)
    };

    let health = get("/healthz").await?;
    ensure!(health.status() == 200 && health.text().await? == "ok\n");
    ensure!(get("/readyz").await?.status() == 200);
    ensure!(get("/nothing").await?.status() == 404);

    let served = get("/v1/cert.pem").await?;
    ensure!(served.headers()["content-type"] == "application/x-pem-file", "{:?}", served.headers());
    let served = served.text().await?;

    // The key was made at the first start; its Secret has the form of upstream's.
    let secrets: Api<Secret> = Api::namespaced(stage.lab.client(), HOME);
    let keys = secrets.list(&ListParams::default().labels(&format!("{}=active", sealing_key::LABEL))).await?;
    let [key] = keys.items.as_slice() else { anyhow::bail!("{} keys", keys.items.len()) };
    ensure!(key.name_any().starts_with("sealed-secrets-key"), "{}", key.name_any());
    ensure!(key.type_.as_deref() == Some("kubernetes.io/tls"));
    let data = key.data.clone().unwrap_or_default();
    ensure!(data["tls.crt"].0 == served.as_bytes(), "another certificate is served than is stored");
    ensure!(data["tls.key"].0.starts_with(b"-----BEGIN RSA PRIVATE KEY-----\n"));

    let logs = stage.pod.logs()?;
    let start = logs.lines().find(|line| line.contains("unsealing SealedSecrets")).unwrap_or_default();
    ensure!(start.contains(" namespaces=all") && start.contains(" keys="), "{start}");
    ensure!(!logs.contains("PRIVATE KEY"), "the log shows a key");
    Ok(())
}
