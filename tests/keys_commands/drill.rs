//! Disaster recovery: the cluster's data is destroyed; a backup of the keys and the SealedSecrets in Git are left.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use tests::test::eventually::eventually;

use crate::stage::{HOME, IDENTITY, Key, RECIPIENT, SOON, Scene, Stage, short, stop};

/// The state before the disaster.
struct Before {
    keys: BTreeSet<Key>,
    served: Vec<u8>,
    /// The SealedSecrets in Git: names, values, objects.
    sealed: Vec<(String, String, Value)>,
}

/// Makes two keys, SealedSecrets of both, and a backup; then destroys the cluster's data.
async fn lose_everything(scene: &Scene) -> Result<Before> {
    let pod = scene.start().await?;
    let mut sealed = Vec::new();
    for index in 0..6 {
        if index == 3 {
            let before = scene.served().await?;
            scene.printed(&["renew"]).await?;
            eventually(SOON, "the new certificate is served", async || {
                ensure!(scene.served().await? != before, "it is not");
                Ok(())
            })
            .await?;
        }
        let (name, value) = (format!("db-{index}"), format!("value-{index}"));
        let object = scene.unsealed(&name, &value).await?;
        sealed.push((name, value, object));
    }
    scene.write("me.txt", IDENTITY)?;
    scene.printed(&["backup", "--recipient", RECIPIENT, "-o", "keys.age"]).await?;
    let before = Before { keys: scene.all_at_once().await?, served: scene.served().await?, sealed };
    ensure!(before.keys.len() == 2, "{:?}", before.keys);
    stop(pod).await?;

    scene.lab.control_plane.lose_data().await?;
    let nothing = scene.secrets().list(&ListParams::default()).await?.items;
    ensure!(nothing.is_empty(), "{} Secrets survived", nothing.len());
    Ok(before)
}

async fn apply_all(scene: &Scene, before: &Before) -> Result<()> {
    for (_, _, object) in &before.sealed {
        scene.person.apply(object).await?;
    }
    Ok(())
}

async fn all_is_well(scene: &Scene, before: &Before) -> Result<()> {
    for (name, value, _) in &before.sealed {
        scene.sees(name, value).await?;
    }
    eventually(SOON, "the certificate of before is served", async || {
        ensure!(scene.served().await? == before.served, "another is");
        Ok(())
    })
    .await
}

pub(crate) async fn everything_is_lost_and_restored_before_the_controller_starts(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .apart(async |scene| {
            let before = lose_everything(scene).await?;
            // Not even the CustomResourceDefinition exists.
            let printed = scene.printed(&["restore", "keys.age", "--identity", "me.txt"]).await?;
            ensure!(printed.matches(" is restored (Secret ").count() == 2, "{printed}");
            scene.lab.install(&scene.lab.chart(HOME)?.render().await?).await?;
            let pod = scene.start().await?;
            apply_all(scene, &before).await?;
            all_is_well(scene, &before).await?;
            ensure!(scene.all_at_once().await? == before.keys, "other keys than before");
            stop(pod).await
        })
        .await
}

pub(crate) async fn everything_is_lost_and_restored_after_the_controller_started(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .apart(async |scene| {
            let before = lose_everything(scene).await?;
            scene.lab.install(&scene.lab.chart(HOME)?.render().await?).await?;
            let pod = scene.start().await?;
            let (orphan, _, orphan_name) = scene.all().await?.pop().context("no key was made")?;
            apply_all(scene, &before).await?;
            for (name, ..) in &before.sealed {
                scene.person.sees_synced(&scene.namespace, name, ConditionStatus::False).await?;
            }

            // While something needs the new key, it stays.
            scene.unsealed("new", "sealed since").await?;
            let restore = ["restore", "keys.age", "--identity", "me.txt"];
            let printed = scene.printed(&[&restore[..], &["--dry-run", "--remove-stray"]].concat()).await?;
            ensure!(printed.matches("would be restored").count() == 2, "{printed}");
            ensure!(printed.contains("it stays active: something was sealed with it"), "{printed}");
            ensure!(scene.all().await?.len() == 1, "a dry run did something");
            let printed = scene.printed(&[&restore[..], &["--remove-stray"]].concat()).await?;
            ensure!(printed.contains("it stays active: something was sealed with it"), "{printed}");
            for (name, value, _) in &before.sealed {
                scene.sees(name, value).await?;
            }

            // By default it is retired: no longer served, and not lost.
            scene.person.delete_sealed(&scene.namespace, "new").await?;
            let printed = scene.printed(&restore).await?;
            ensure!(
                printed.contains(short(&orphan))
                    && printed.contains("nothing in the cluster needs it: it is retired"),
                "{printed}"
            );
            all_is_well(scene, &before).await?;
            let mut expected = before.keys.clone();
            expected.insert((orphan.clone(), "retired".into(), orphan_name.clone()));
            ensure!(scene.all_at_once().await? == expected, "{:?}", scene.all().await?);

            // With the flag it is deleted, once its finalizer is removed. A retired key is no orphan any more.
            scene.label(&orphan, api::sealing_key::ACTIVE).await?;
            let hold = async |finalizers: &[&str]| {
                let patch = Patch::Merge(json!({ "metadata": { "finalizers": finalizers } }));
                scene.secrets().patch_metadata(&orphan_name, &PatchParams::default(), &patch).await
            };
            hold(&["example.com/held"]).await?;
            let printed = scene.printed(&[&restore[..], &["--remove-stray"]].concat()).await?;
            ensure!(printed.contains("nothing in the cluster needs it: it is deleted"), "{printed}");
            ensure!(hold(&[]).await?.metadata.deletion_timestamp.is_some(), "it was not deleted");
            ensure!(scene.all_at_once().await? == before.keys, "other keys than before");
            all_is_well(scene, &before).await?;
            stop(pod).await
        })
        .await
}
