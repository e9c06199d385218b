//! A leader that is paused in the middle of its work: responses are unread in its sockets, opened values wait to be
//! written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::api::ListParams;
use kube::core::PartialObjectMeta;
use kube::{Api, ResourceExt as _};
use rustix::process::Signal;
use serde_json::json;
use tests::test::eventually::eventually;

use crate::replicas::{Replicas, TAKEOVER, logs, remark, signal, stop};
use crate::stage::{SHORT, Scene, Stage};

const OBJECTS: usize = 120;

/// Names and versions of all SealedSecrets and Secrets: each write changes one.
pub(crate) async fn versions(scene: &Scene) -> Result<Vec<(String, Option<String>)>> {
    let client = scene.lab.client();
    let sealed: Api<PartialObjectMeta<SealedSecret>> = Api::namespaced(client.clone(), &scene.home);
    let secrets: Api<PartialObjectMeta<Secret>> = Api::namespaced(client, &scene.home);
    let all = ListParams::default();
    let sealed =
        sealed.list_metadata(&all).await?.items.into_iter().map(|it| (it.name_any(), it.resource_version()));
    let secrets =
        secrets.list_metadata(&all).await?.items.into_iter().map(|it| (it.name_any(), it.resource_version()));
    Ok(sealed.chain(secrets).collect())
}

pub(crate) async fn a_leader_paused_in_a_burst_leaves_all_to_the_next(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let mut replicas = Replicas(vec![scene.start().await?, scene.start().await?]);
            for pod in &mut replicas.0 {
                pod.wait_ready().await?;
            }
            let old = replicas.take_leader().await?;
            let mut sealed = scene.seal_for_any_name("1").await?;
            let (mut names, mut paused) = (Vec::new(), false);
            for number in 0..OBJECTS {
                let name = format!("s{number}");
                sealed["metadata"]["name"] = json!(name);
                scene.person.apply(&sealed).await?;
                names.push(name);
                if number == OBJECTS / 2 {
                    signal(&old, Signal::STOP)?;
                    paused = true;
                }
            }
            ensure!(paused && old.logs()?.contains(" msg=unsealed namespace="), "{}", old.logs()?);
            replicas.followed(Instant::now()).await?;
            for name in &names {
                scene.sees(name, "1").await?;
            }
            let done = versions(scene).await?;
            let before = old.logs()?.matches(" msg=unsealed namespace=").count();
            remark(&format!("{before} of {OBJECTS} were unsealed when it was paused"));

            signal(&old, Signal::CONT)?;
            logs(&old, "standing by", 1).await?;
            // Longer than a request under way could take.
            tokio::time::sleep(Duration::from_secs(2)).await;
            let after = versions(scene).await?;
            let changed: Vec<_> = done.iter().filter(|object| !after.contains(object)).collect();
            ensure!(
                changed.is_empty() && after.len() == done.len(),
                "the old leader wrote: {changed:?}\n{}",
                old.logs()?
            );

            // Its next term works like its first.
            replicas.stop().await?;
            let mut replicas = Replicas(vec![old]);
            let old = replicas.take_leader().await?;
            scene.seal_and_apply("last", "2").await?;
            scene.sees("last", "2").await?;
            eventually(TAKEOVER, "it shows all conditions again", async || {
                let shown = crate::replicas::metrics(&old).await?.matches("condition_info{").count();
                ensure!(shown == OBJECTS + 1, "{shown}");
                Ok(())
            })
            .await?;
            stop(old).await
        })
        .await
}
