//! `keys restore`, in a cluster that has its data.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{DeleteParams, PostParams};
use serde_json::json;
use tests::test::eventually::eventually;

use crate::stage::{HOME, IDENTITY, RECIPIENT, SOON, Stage, short, stop};

pub(crate) async fn what_is_lost_comes_back_and_nothing_else_changes(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let first = scene.newest().await?;
            scene.unsealed("db", "1").await?;
            let sealed = scene.seal("later", "2").await?;
            scene.printed(&["renew"]).await?;
            scene.write("me.txt", IDENTITY)?;
            scene.printed(&["backup", "-o", "keys.age", "--recipient", RECIPIENT]).await?;
            // The key that follows by renewal is in no backup, and nothing uses it yet. It is no orphan.
            scene.printed(&["renew"]).await?;
            let before = scene.all_at_once().await?;
            let restore = ["restore", "keys.age", "-i", "me.txt"];

            let printed = scene.printed(&restore).await?;
            ensure!(
                printed.matches("is there already, active").count() == 2 && printed.lines().count() == 2,
                "{printed}"
            );
            ensure!(scene.all_at_once().await? == before);

            let lost = before.iter().find(|key| key.0 == first).context("no such key")?;
            scene.lose_key(&lost.2, &pod).await?;
            scene.person.apply(&sealed).await?;
            scene.person.sees_synced(&scene.namespace, "later", ConditionStatus::False).await?;
            let printed = scene.printed(&[&restore[..], &["--dry-run"]].concat()).await?;
            ensure!(printed.contains(&format!("{} would be restored", short(&first))), "{printed}");
            ensure!(scene.all().await?.len() == 2, "a dry run did something");
            let printed = scene.printed(&restore).await?;
            ensure!(printed.contains(&format!("{} is restored", short(&first))), "{printed}");
            ensure!(scene.all_at_once().await? == before, "another key suffered");
            scene.sees("later", "2").await?;

            // A retired or revoked key stays so.
            scene.label(&first, sealing_key::COMPROMISED).await?;
            let printed = scene.printed(&restore).await?;
            ensure!(
                printed.contains(&format!("{} is there already, compromised", short(&first))),
                "{printed}"
            );
            ensure!(scene.all().await?.iter().any(|key| key.0 == first && key.1 == "compromised"));
            stop(pod).await
        })
        .await
}

pub(crate) async fn another_that_has_the_name_stays(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            stop(scene.start().await?).await?;
            let (fingerprint, _, name) = scene.all().await?.remove(0);
            scene.printed(&["backup", "--plain", "-o", "keys.yaml"]).await?;
            scene.lose_keys().await?;
            let taken: Secret = serde_json::from_value(json!({
                "metadata": { "name": name, "namespace": HOME }, "stringData": { "theirs": "x" },
            }))?;
            scene.secrets().create(&PostParams::default(), &taken).await?;
            scene.printed(&["restore", "keys.yaml"]).await?;
            let all = scene.all().await?;
            ensure!(all.len() == 1 && all[0].0 == fingerprint && all[0].2 != name, "{all:?}");
            ensure!(all[0].2.starts_with("sealed-secrets-key"), "{all:?}");
            let theirs = scene.secrets().get(&name).await?.data.unwrap_or_default();
            ensure!(theirs.len() == 1 && theirs["theirs"].0 == b"x", "it was overwritten");

            // A Secret that is no key is reported, and the others are restored.
            scene.lose_keys().await?;
            let mut text = String::from_utf8(scene.read("keys.yaml")?)?;
            text.push_str("---\nkind: Secret\nmetadata: {name: other}\nstringData: {password: hunter2}\n");
            scene.write("keys.yaml", text)?;
            let error = scene.keys(&["restore", "keys.yaml"]).await?.failure(1)?;
            ensure!(
                error.contains("its type is not kubernetes.io/tls") && !error.contains("hunter2"),
                "{error}"
            );
            ensure!(scene.all().await?.len() == 1);
            scene.write("none.yaml", "kind: Secret\nmetadata: {name: other}\n")?;
            let error = scene.keys(&["restore", "none.yaml"]).await?.failure(1)?;
            ensure!(error.contains("there is no sealing key in none.yaml"), "{error}");
            Ok(())
        })
        .await
}

pub(crate) async fn a_damaged_key_is_mended(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (fingerprint, _, name) = scene.all().await?.remove(0);
            let sealed = scene.seal("db", "1").await?;
            scene.printed(&["backup", "--plain", "-o", "keys.yaml"]).await?;
            // Key Secrets are immutable, so it is replaced.
            let mut key = scene.secrets().get(&name).await?;
            scene.lose_key(&name, &pod).await?;
            (key.metadata.uid, key.metadata.resource_version) = (None, None);
            key.string_data = Some([("tls.key".into(), "damaged".into())].into());
            scene.secrets().create(&PostParams::default(), &key).await?;
            scene.person.apply(&sealed).await?;
            scene.person.sees_synced(&scene.namespace, "db", ConditionStatus::Unknown).await?;

            let ran = scene.keys(&["restore", "keys.yaml"]).await?;
            ensure!(ran.stderr.contains(&format!("Secret kube-system/{name} is broken")), "{}", ran.stderr);
            let printed = String::from_utf8(ran.success()?)?;
            ensure!(printed.contains(&format!("{} is restored", short(&fingerprint))), "{printed}");
            scene.sees("db", "1").await?;
            let again = scene.printed(&["restore", "keys.yaml"]).await?;
            ensure!(again.contains("is there already, active"), "{again}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn what_leaked_does_not_come_back_from_a_backup_of_before(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (leaked, _, name) = scene.all().await?.remove(0);
            let in_git = scene.seal("late", "0").await?;
            scene.unsealed("db", "1").await?;
            scene.printed(&["backup", "--plain", "-o", "keys.yaml"]).await?;
            scene.printed(&["revoke", "--yes", &leaked]).await?;
            let message = scene.sees_compromised("db", true).await?;
            // With its Secret, the only label that marked it is deleted.
            scene.secrets().delete(&name, &DeleteParams::default()).await?;
            let successor = scene.newest().await?;

            for args in [&["restore", "keys.yaml", "--dry-run"][..], &["restore", "keys.yaml"]] {
                let ran = scene.keys(args).await?;
                ensure!(ran.stderr.contains(&format!("{}/db", scene.namespace)), "{}", ran.stderr);
                let printed = String::from_utf8(ran.success()?)?;
                ensure!(
                    printed.contains("restored, as compromised") && printed.lines().count() == 1,
                    "{printed}"
                );
            }
            let states: Vec<(String, String)> =
                scene.all().await?.into_iter().map(|key| (key.0, key.1)).collect();
            let expected = [(successor, "active".into()), (leaked, "compromised".into())];
            ensure!(states == expected, "{states:?}");
            // A SealedSecret that is applied later is not opened with it either.
            scene.person.apply(&in_git).await?;
            scene.person.sees_synced(&scene.namespace, "late", ConditionStatus::False).await?;
            ensure!(scene.sees_compromised("db", true).await? == message, "it was taken back");
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_key_that_followed_a_lost_one_stays_active(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (first, _, name) = scene.all().await?.remove(0);
            scene.printed(&["backup", "--plain", "-o", "keys.yaml"]).await?;
            let before = scene.served().await?;
            let second = scene.printed(&["renew"]).await?.trim().to_owned();
            eventually(SOON, "the new certificate is served", async || {
                ensure!(scene.served().await? != before, "it is not");
                Ok(())
            })
            .await?;
            // In Git, and in no cluster yet.
            let in_git = scene.seal("later", "2").await?;
            scene.secrets().delete(&name, &DeleteParams::default()).await?;
            for words in ["would be restored", "is restored"] {
                let dry_run = format!("--dry-run={}", words.starts_with("would"));
                let ran = scene.keys(&["restore", "keys.yaml", &dry_run]).await?;
                ensure!(ran.stderr.is_empty(), "{}", ran.stderr);
                let printed = String::from_utf8(ran.success()?)?;
                ensure!(printed.starts_with(&format!("{} {words}", short(&first))), "{printed}");
                ensure!(printed.lines().count() == 1, "{printed}");
            }
            let all = scene.all().await?;
            ensure!(all.len() == 2 && all[0].0 == second && all[0].1 == "active", "{all:?}");
            scene.person.apply(&in_git).await?;
            scene.sees("later", "2").await?;
            stop(pod).await?;

            // A key whose name has no time, as upstream's, is only reported.
            let mut other = scene.secrets().get(&all[0].2).await?;
            scene.secrets().delete(&all[0].2, &DeleteParams::default()).await?;
            other.metadata = ObjectMeta {
                name: Some("sealed-secrets-keyabcde".into()),
                labels: other.metadata.labels.take(),
                ..ObjectMeta::default()
            };
            scene.person.delete_sealed(&scene.namespace, "later").await?;
            scene.secrets().create(&PostParams::default(), &other).await?;
            scene.secrets().delete(&name, &DeleteParams::default()).await?;
            // The API server has whole seconds, and this key must not be younger.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let ran = scene.keys(&["restore", "keys.yaml", "--remove-stray"]).await?;
            ensure!(ran.stderr.contains(&format!("{} may have been made", short(&second))), "{}", ran.stderr);
            ensure!(ran.stderr.contains("kubectl label secret -n kube-system sealed-secrets-keyabcde "));
            ran.success()?;
            ensure!(scene.newest().await? == second && scene.all().await?[0].1 == "active");
            Ok(())
        })
        .await
}
