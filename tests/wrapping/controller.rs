//! What a controller serves and logs, and its end.

use anyhow::{Context as _, Result, ensure};
use api::sealing_key;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::home::SOON;
use crate::services::test_service::TestService;

/// The response to a GET: status and body.
pub(crate) async fn get(url: &str) -> Result<(u16, String)> {
    let answer = http_client().build()?.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// The certificate that a controller serves, or why it serves none.
pub(crate) async fn served(pod: &Pod) -> Result<(u16, String)> {
    get(&format!("{}/v1/cert.pem", pod.url())).await
}

/// Waits until a controller serves the certificate of this key's Secret.
pub(crate) async fn serves(pod: &Pod, key: &Secret) -> Result<()> {
    let certificate = certificate(key)?;
    eventually(SOON, &format!("the certificate of {} is served", key.name_any()), async || {
        let (_, text) = served(pod).await?;
        ensure!(text == certificate, "{text}");
        Ok(())
    })
    .await
}

/// The certificate in a key's Secret.
pub(crate) fn certificate(key: &Secret) -> Result<String> {
    let data = key.data.as_ref().context("no data")?;
    Ok(String::from_utf8(data[sealing_key::CERTIFICATE].0.clone())?)
}

/// Waits until the log has a line with these words.
pub(crate) async fn logs(pod: &Pod, words: &str) -> Result<()> {
    eventually(SOON, &format!("the log says: {words}"), async || {
        ensure!(pod.logs()?.contains(words), "{}", pod.logs()?);
        Ok(())
    })
    .await
}

/// Waits until the metrics say of the one service whether it can be used. It is tried once a minute.
pub(crate) async fn counts_as_up(pod: &Pod, service: &impl TestService, is_up: bool) -> Result<()> {
    let (provider, value) = (service.provider(), i32::from(is_up));
    let uri = provider.split('?').next().unwrap_or_default();
    let line = format!("\nsealed_secrets_controller_key_provider_up{{provider=\"{uri}\"}} {value}\n");
    eventually(SOON * 2, &format!("the metric of {uri} is {value}"), async || {
        let (_, metrics) = get(&pod.metrics_url()).await?;
        ensure!(metrics.contains(&line), "{metrics}");
        Ok(())
    })
    .await
}

/// Stops a controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
