//! `keys retire`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::annotations::CERTIFICATE_FINGERPRINT;
use api::{ConditionStatus, sealing_key};
use kube::ResourceExt;
use kube::api::ListParams;
use serde_json::json;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{SOON, Stage, short, stop};

pub(crate) async fn not_while_something_needs_it(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let old = scene.newest().await?;
            let newest = scene.keys(&["retire", &old]).await?.failure(1)?;
            ensure!(newest.contains("is the newest"), "{newest}");

            let sealed = scene.unsealed("db", "1").await?;
            std::fs::create_dir(scene.folder.path().join("deploy"))?;
            scene.write("deploy/db.json", sealed.to_string())?;
            scene.follow(&newest, "kubeseal-rs keys renew").await?;
            let needed = scene.keys(&["retire", short(&old)]).await?.failure(1)?;
            ensure!(needed.contains("/db") && needed.contains("kubeseal-rs reseal --live"), "{needed}");
            ensure!(!needed.contains("deploy/db.json"), "it names a file that it was not given: {needed}");

            // Resealed in the cluster, and not yet in the folder.
            scene.follow(&at_a_terminal(&needed), "kubeseal-rs reseal --live").await?;
            scene.sees("db", "1").await?;
            let needed = scene.keys(&["retire", &old, "deploy"]).await?.failure(1)?;
            ensure!(needed.contains("deploy/db.json: document 1 (SealedSecret "), "{needed}");
            scene.kubeseal.output(&["reseal", "deploy"], b"").await?;

            let printed = scene.printed(&["retire", &old.to_uppercase(), "deploy"]).await?;
            ensure!(printed.contains("is retired"), "{printed}");
            ensure!(scene.all().await?[1].1 == "retired");
            let keys = scene.secrets().list(&ListParams::default().labels(sealing_key::LABEL)).await?.items;
            let fields = keys.iter().flat_map(ResourceExt::managed_fields);
            let managers: Vec<_> = fields.filter_map(|entry| entry.manager.as_deref()).collect();
            ensure!(managers.contains(&"kubeseal-rs"), "{managers:?}");
            let again = scene.printed(&["retire", &old]).await?;
            ensure!(again.contains("is retired already"), "{again}");

            // It opens nothing until it is active again. Made anew: the annotation that `kubectl apply` set would stay.
            scene.person.delete_sealed(&scene.namespace, "db").await?;
            scene.person.sees_no_secret(&scene.namespace, "db").await?;
            let mut late = sealed;
            late["metadata"]["annotations"] = json!({});
            scene.person.apply(&late).await?;
            scene.person.sees_synced(&scene.namespace, "db", ConditionStatus::False).await?;
            let guesses = scene.person.sees_event(&scene.namespace, "db", "ErrUnsealFailed").await?;
            ensure!(guesses.contains("or its key is gone"), "nothing is noted: {guesses}");
            // The annotation names the key: the controller, and kubeseal-rs by what its user may see, say what became of it.
            late["metadata"]["annotations"] = json!({ CERTIFICATE_FINGERPRINT: old });
            scene.person.apply(&late).await?;
            eventually(SOON, "the status names the retired key", async || {
                let status = scene.person.sees_synced(&scene.namespace, "db", ConditionStatus::False).await?;
                let message = status.conditions[0].message.clone().unwrap_or_default();
                ensure!(
                    message.contains(&format!("sealed with key {}, which is retired", short(&old))),
                    "{message}"
                );
                // Any author of a SealedSecret chooses the annotation.
                let named =
                    keys.iter().map(ResourceExt::name_any).find(|name| message.contains(name.as_str()));
                ensure!(
                    named.is_none() && !message.contains("kubectl"),
                    "it names a key's Secret: {message}"
                );
                Ok(())
            })
            .await?;
            let printed =
                scene.kubeseal.run(&["--validate"], late.to_string().as_bytes()).await?.failure(1)?;
            scene.follow(&printed, "kubectl label secret ").await?;
            scene.sees("db", "1").await?;
            for (given, words) in [
                ("0123456789ab", "no sealing key has the fingerprint"),
                ("0123", "is not a fingerprint"),
                ("hunter2hunter2", "is not a fingerprint"),
            ] {
                let error = scene.keys(&["retire", given]).await?.failure(1)?;
                ensure!(error.contains(words) && error.contains("hint: "), "{error}");
            }
            stop(pod).await
        })
        .await
}

/// The message whose command asks nothing, because there is no terminal here.
fn at_a_terminal(message: &str) -> String {
    message.replace("reseal --live", "reseal --live --yes")
}

/// It opens only once its annotations state the scope that it was sealed with.
pub(crate) async fn what_its_scope_closes_is_opened_first(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (old, before) = (scene.newest().await?, scene.served().await?);
            let secret = Person::secret(&scene.namespace, "wide", &json!({ "password": "1" }));
            let mut wide = scene.person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            wide["metadata"]["annotations"] = json!({});
            scene.person.apply(&wide).await?;
            scene.person.sees_synced(&scene.namespace, "wide", ConditionStatus::False).await?;
            scene.printed(&["renew"]).await?;
            eventually(SOON, "the new certificate is served", async || {
                ensure!(scene.served().await? != before, "it is not");
                Ok(())
            })
            .await?;
            let needed = scene.keys(&["retire", &old]).await?.failure(1)?;
            // The second command alone does not help, and says why.
            let flags = ["reseal", "--live", "-n", &scene.namespace, "--yes"];
            let closed = scene.kubeseal.run(&flags, b"").await?.failure(1)?;
            ensure!(
                closed.contains("its status says: ") && closed.contains("add the annotation"),
                "{closed}"
            );
            scene.follow(&needed, "kubectl annotate sealedsecret wide ").await?;
            scene.sees("wide", "1").await?;
            let resealed = scene.follow(&at_a_terminal(&needed), "kubeseal-rs reseal --live").await?;
            ensure!(resealed.contains("1 resealed, 0 up to date"), "{resealed}");
            scene.printed(&["retire", &old]).await?;
            scene.sees("wide", "1").await?;
            stop(pod).await
        })
        .await
}

/// An item that was sealed with an older certificate, with the fingerprint annotation of the newest.
pub(crate) async fn what_it_says_to_do_first_is_what_helps(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let old = scene.newest().await?;
            let item = scene.seal("db", "1").await?["spec"]["encryptedData"].clone();
            scene.printed(&["renew"]).await?;
            let newest = scene.newest().await?;
            eventually(SOON, "the new key is served", async || {
                let sealed = scene.seal("db", "2").await?;
                let hint = sealed
                    .pointer("/metadata/annotations/sealedsecrets.bitnami.com~1certificate-fingerprint");
                ensure!(hint == Some(&json!(newest)), "{hint:?}");
                let mut pasted = sealed.clone();
                pasted["spec"]["encryptedData"] = item.clone();
                scene.write("db.json", pasted.to_string())
            })
            .await?;
            let needed = scene.keys(&["retire", &old, "db.json"]).await?.failure(1)?;
            ensure!(
                needed.contains("db.json: document 1 (SealedSecret ")
                    && needed.contains("reseal these files"),
                "{needed}"
            );
            let resealed = scene.follow(&needed, "kubeseal-rs reseal ").await?;
            ensure!(resealed.contains("1 resealed, 0 up to date"), "{resealed}");
            scene.printed(&["retire", &old, "db.json"]).await?;
            scene.person.apply(&serde_json::from_slice(&scene.read("db.json")?)?).await?;
            scene.sees("db", "1").await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn not_while_it_is_not_known(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let old = scene.newest().await?;
            let mut moved = scene.seal("db", "1").await?;
            scene.printed(&["renew"]).await?;
            // It opens under its own name only, and has no fingerprint annotation.
            moved["metadata"]["name"] = json!("moved");
            moved["metadata"]["annotations"] = json!({});
            scene.person.apply(&moved).await?;
            scene.person.sees_synced(&scene.namespace, "moved", ConditionStatus::False).await?;
            let unknown = scene.keys(&["retire", &old]).await?.failure(1)?;
            ensure!(unknown.contains("/moved (it is not known which key)"), "{unknown}");
            ensure!(scene.all().await?.iter().all(|key| key.1 == "active"));
            // Both ways out that it prints lead out, and what the second prints leads back.
            let retired = scene.follow(&unknown, "printf ").await?;
            ensure!(retired.contains("is retired"), "{retired}");
            scene.label(&old, sealing_key::ACTIVE).await?;
            let broken = scene.follow(&unknown, "kubeseal-rs keys retire ").await?;
            ensure!(broken.contains("is retired") && broken.contains("although these need it"), "{broken}");
            ensure!(scene.all().await?[1].1 == "retired");
            scene.follow(&broken, "kubectl label ").await?;
            ensure!(scene.all().await?.iter().all(|key| key.1 == "active"));
            scene.person.delete_sealed(&scene.namespace, "moved").await?;

            // The keys decide without a status.
            stop(pod).await?;
            let fresh = scene.start().await?;
            let unseen = scene.seal("unseen", "1").await?;
            stop(fresh).await?;
            scene.person.apply(&unseen).await?;
            ensure!(scene.listing(&[]).await?["unknown"].as_array().is_some_and(|all| all.len() == 1));
            scene.printed(&["retire", &old]).await?;
            Ok(())
        })
        .await
}

pub(crate) async fn not_while_it_is_served(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let mut pod = scene.pod()?.flag("key-publish-delay", "1h").start(&scene.lab).await?;
            pod.wait_ready().await?;
            let served = scene.newest().await?;
            scene.printed(&["renew"]).await?;
            ensure!(scene.newest().await? != served, "the new key is not the newest");
            let refused = scene.keys(&["retire", &served]).await?.failure(1)?;
            ensure!(refused.contains("is the one that is served"), "{refused}");
            stop(pod).await?;
            // It is not served any more, and nothing was sealed with it.
            eventually(SOON, "the Service leads nowhere", async || scene.printed(&["retire", &served]).await)
                .await?;
            Ok(())
        })
        .await
}
