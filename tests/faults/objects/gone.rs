//! A namespace that is deleted while its SealedSecrets are unsealed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use tests::test::eventually::eventually;

use crate::scene::audit::{ExpectedValues, right, right_in};
use crate::stage::{Scene, Stage, started, stop};

const OBJECTS: usize = 30;

pub(crate) async fn a_namespace_deleted_under_way(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let doomed = format!("{}-doomed", scene.namespace);
            let both = format!("{},{doomed}", scene.namespace);
            let pod = started(scene.pod()?.flag("additional-namespaces", &both), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            let wide = scene.seal_for_any_place(&pod).await?;
            let namespaces: Api<Namespace> = Api::all(scene.client());
            let mut last = ExpectedValues::new();
            for round in 0..3 {
                create(scene, &doomed).await?;
                for number in 0..OBJECTS {
                    scene.apply_in(&doomed, &format!("s{number}"), &wide).await?;
                    last.insert(format!("s{number}"), wide.value.clone());
                }
                if round == 2 {
                    break;
                }
                namespaces.delete(&doomed, &DeleteParams::background()).await?;
                // Meanwhile SealedSecrets in other namespaces are unsealed.
                let name = format!("other-{round}");
                scene.apply(&name, &sealed[0]).await?;
                scene.person.sees_synced(&scene.namespace, &name, ConditionStatus::True).await?;
                eventually(Duration::from_secs(90), "the namespace is gone", async || {
                    ensure!(namespaces.get_opt(&doomed).await?.is_none(), "it is still there");
                    Ok(())
                })
                .await?;
            }
            // The last namespace stays, and everything in it is right.
            right_in(scene, &doomed, &last).await?;
            let others = (0..2).map(|round| (format!("other-{round}"), sealed[0].value.clone()));
            right(scene, &others.collect()).await?;
            let complaints = pod.logs()?.lines().filter(|line| line.contains(" level=WARN ")).count();
            ensure!(complaints < 2 * OBJECTS, "{complaints} warnings about namespaces that were going");
            stop(pod).await?;
            namespaces.delete(&doomed, &DeleteParams::background()).await?;
            Ok(())
        })
        .await
}

async fn create(scene: &Scene, name: &str) -> Result<()> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::<Namespace>::all(scene.client()).create(&PostParams::default(), &namespace).await?;
    Ok(())
}
