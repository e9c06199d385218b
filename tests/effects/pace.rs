//! `--kubeclient-qps` and `--kubeclient-burst`: the rate of requests to the API server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams};
use serde_json::json;
use tests::lab::Maker;
use tests::user::person::Person;

use crate::stage::{Flags, Stage};

/// Number of SealedSecrets. Each takes one request at least: to create its Secret.
const OBJECTS: u32 = 8;

/// Requests a second.
const PACE: u32 = 10;

pub(crate) async fn requests_are_as_many_as_allowed(stage: Arc<Stage>) -> Result<()> {
    let pace = PACE.to_string();
    stage
        .both(async |maker, namespace| {
            let slow = [("kubeclient-qps", pace.as_str()), ("kubeclient-burst", "1")];
            let slow = unsealed(&stage, maker, &slow, namespace, "slow").await?;
            // The first request is sent at once.
            let least = Duration::from_secs(1) * (OBJECTS - 1) / PACE;
            ensure!(slow >= least, "{OBJECTS} Secrets in {slow:?}");
            for (name, flags) in [
                ("burst", [("kubeclient-qps", pace.as_str()), ("kubeclient-burst", "1000")]),
                ("free", [("kubeclient-qps", "-1"), ("kubeclient-burst", "1")]),
            ] {
                let took = unsealed(&stage, maker, &flags, namespace, name).await?;
                ensure!(took < slow, "{name}: {took:?}, where it took {slow:?} slowly");
            }
            Ok(())
        })
        .await
}

/// How long it takes until all have their Secrets.
async fn unsealed(
    stage: &Stage,
    maker: Maker,
    flags: Flags<'_>,
    namespace: &str,
    name: &str,
) -> Result<Duration> {
    let pod = stage.start(maker, flags).await?;
    let secret = Person::secret(namespace, "any", &json!({ "v": "1" }));
    let mut sealed = stage.person.seal(&secret, &["--scope", "namespace-wide"]).await?;
    let start = Instant::now();
    for number in 0..OBJECTS {
        sealed["metadata"]["name"] = json!(format!("{name}{number}"));
        stage.person.apply(&sealed).await?;
    }
    let secrets: Api<Secret> = Api::namespaced(stage.lab.client(), namespace);
    loop {
        let there = secrets.list_metadata(&ListParams::default()).await?.items;
        let ours = there.iter().filter_map(|secret| secret.metadata.name.as_ref());
        if ours.filter(|it| it.starts_with(name)).count() == OBJECTS as usize {
            break;
        }
        ensure!(start.elapsed() < Duration::from_mins(1), "{} Secrets are there", there.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = start.elapsed();
    // The remaining requests are not part of the test.
    pod.kill().await?;
    Ok(took)
}
