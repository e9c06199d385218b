//! Keys that are added, changed and deleted: all replicas see it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::sealing_key;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use rustix::process::Signal;
use serde_json::json;

use crate::replicas::{Replicas, TAKEOVER, get, metrics, signal};
use crate::stage::{SHORT, Stage};

/// How long that may take. The other limit is for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5);

/// What every replica must show.
struct Shown<'a> {
    certificate: &'a [u8],
    active: usize,
    refused: usize,
}

impl Shown<'_> {
    /// Waits until all replicas show it; returns how long that took.
    async fn by_all(&self, replicas: &Replicas, longest: Duration) -> Result<Duration> {
        let start = Instant::now();
        loop {
            let looks = replicas.0.iter().map(|pod| async move {
                let (_, served) = get(pod, "/v1/cert.pem").await?;
                ensure!(served.as_bytes() == self.certificate, "another certificate is served");
                let (_, said) = get(pod, "/readyz?verbose").await?;
                let keys = format!(": {} active", self.active);
                ensure!(
                    said.contains(&keys) && said.contains(&format!(", {} refused", self.refused)),
                    "{said}"
                );
                let gauge = format!("sealed_secrets_controller_sealing_keys {}\n", self.active);
                ensure!(metrics(pod).await?.contains(&gauge), "not {gauge}");
                Ok(())
            });
            match futures::future::try_join_all(looks).await {
                Ok(_) => return Ok(start.elapsed()),
                Err(error) if start.elapsed() > longest => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

pub(crate) async fn what_is_done_to_a_key_counts_at_once_in_every_replica(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let replicas = Replicas::three(scene).await?;
            let secrets = scene.secrets();
            let [old] = scene.keys().await?.try_into().ok().context("not one key")?;
            let certificate = |key: &Secret| {
                let data = key.data.as_ref().and_then(|data| data.get(sealing_key::CERTIFICATE));
                data.map(|pem| pem.0.clone()).context("no certificate")
            };
            signal(&replicas.0[0], Signal::USR1)?;
            let new = tests::test::eventually::eventually(TAKEOVER, "it is renewed", async || {
                let keys = scene.keys().await?;
                keys.into_iter().find(|key| key.name_any() != old.name_any()).context("not yet")
            })
            .await?;
            let (served_old, served_new) = (certificate(&old)?, certificate(&new)?);
            let before = Shown { certificate: &served_old, active: 1, refused: 0 };
            let both = Shown { certificate: &served_new, active: 2, refused: 0 };
            both.by_all(&replicas, TAKEOVER).await?;

            let name = new.name_any();
            let merge = async |patch| {
                secrets.patch(&name, &PatchParams::default(), &Patch::Merge(patch)).await.map(drop)
            };
            let pem = String::from_utf8(served_new.clone())?;
            let mut took = Vec::new();
            secrets.delete(&name, &DeleteParams::default()).await?;
            took.push(before.by_all(&replicas, LONGEST).await.context("deleted")?);
            // As in a backup, but not immutable.
            let metadata = ObjectMeta {
                name: Some(name.clone()),
                labels: new.metadata.labels.clone(),
                ..ObjectMeta::default()
            };
            let restored = Secret { metadata, immutable: None, ..new.clone() };
            secrets.create(&PostParams::default(), &restored).await?;
            took.push(both.by_all(&replicas, LONGEST).await.context("added")?);
            merge(json!({ "stringData": { sealing_key::CERTIFICATE: "broken" } })).await?;
            let broken = Shown { refused: 1, ..before };
            took.push(broken.by_all(&replicas, LONGEST).await.context("edited")?);
            merge(json!({ "stringData": { sealing_key::CERTIFICATE: pem } })).await?;
            took.push(both.by_all(&replicas, LONGEST).await.context("mended")?);
            merge(json!({ "metadata": { "labels": { sealing_key::LABEL: "compromised" } } })).await?;
            let leaked = Shown { refused: 0, ..broken };
            took.push(leaked.by_all(&replicas, LONGEST).await.context("labelled as leaked")?);
            took.sort_unstable();
            // The machine may be busy for a moment, but not each time.
            ensure!(took[took.len() / 2] < AT_ONCE, "it took {took:?}");
            replicas.stop().await
        })
        .await
}
