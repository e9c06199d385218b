//! SealedSecrets that are not unsealed, their messages, and how they recover once the cause is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::{Condition, ConditionStatus, SealedSecretStatus};
use serde_json::{Value, json};
use tests::network::http_client::http_client;
use tests::user::page::{command_in, run};
use tests::user::person::Person;

use crate::stage::{HOME, Stage, VALUE};

/// The status contract for an error in the object: Synced first and False, Ready False, Stalled True.
fn stalled(status: &SealedSecretStatus) -> Result<String> {
    let words: Vec<String> = status
        .conditions
        .iter()
        .map(|condition| format!("{}={:?}", condition.type_, condition.status))
        .collect();
    ensure!(words == ["Synced=False", "Ready=False", "Stalled=True"], "{words:?}");
    let message =
        status.condition(Condition::SYNCED).and_then(|synced| synced.message.clone()).unwrap_or_default();
    ensure!(!message.contains(VALUE), "the status shows a value");
    Ok(message)
}

pub(crate) async fn an_unmanaged_secret_is_left_alone(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let foreign = Person::secret(namespace, "db", &json!({ "theirs": "x" }));
            person.apply(&foreign).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let expected = "Resource \"db\" already exists and is not managed by SealedSecret";
            for message in [stalled(&status)?, person.sees_event(namespace, "db", "ErrUpdateFailed").await?] {
                ensure!(message.starts_with(expected), "{message}");
                ensure!(message.contains("sealedsecrets.bitnami.com/managed=true"), "{message}");
            }
            person.sees_values(namespace, "db", &[("theirs", b"x")]).await?;

            // The command in the message does what it says.
            run(command_in(&stalled(&status)?)?, &stage.lab.control_plane.kubeconfig()).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;

            person.delete_secret(namespace, "db").await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            Ok(())
        })
        .await
}

pub(crate) async fn a_moved_sealed_secret_does_not_open(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut sealed =
                person.seal(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            sealed["metadata"]["name"] = json!("renamed");
            person.apply(&sealed).await?;
            let status = person.sees_synced(namespace, "renamed", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(message.starts_with("no key could decrypt secret (v): "), "{message}");
            let place =
                format!("must have been sealed for another name or namespace than {namespace}/renamed");
            ensure!(message.contains(&place), "{message}");
            let event = person.sees_event(namespace, "renamed", "ErrUnsealFailed").await?;
            ensure!(event.contains(&message), "{event}");
            person.sees_no_secret(namespace, "renamed").await
        })
        .await
}

pub(crate) async fn every_bad_item_is_named(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let values: Value = (0..10).map(|number| (format!("good{number}"), json!(VALUE))).collect();
            let sealed = person.seal(&Person::secret(namespace, "db", &values), &[]).await?;
            let mut broken = sealed.clone();
            broken["spec"]["encryptedData"]["bad1"] = json!("%%% not base64");
            broken["spec"]["encryptedData"]["bad2"] = json!("AgAB");
            person.apply(&broken).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(
                message.contains("illegal base64 data (bad1)") && message.contains("secret (bad2): cut off"),
                "{message}"
            );
            ensure!(!message.contains("good"), "{message}");
            person.sees_no_secret(namespace, "db").await?;

            person.apply(&sealed).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            Ok(())
        })
        .await
}

pub(crate) async fn a_wrong_shape_stops_nothing_else(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let poison = json!({
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                "metadata": { "name": "poison", "namespace": namespace },
                "spec": { "encryptedData": { "v": "x" }, "template": { "metadata": { "ownerReferences": VALUE } } },
            });
            person.apply(&poison).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            let status = person.sees_synced(namespace, "poison", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(message.contains("field spec.template.metadata.ownerReferences"), "{message}");
            Ok(())
        })
        .await
}

pub(crate) async fn a_secret_that_the_api_server_rejects(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret = Person::secret(namespace, "tls", &json!({ "tls.crt": VALUE, "tls.key": VALUE }));
            secret["type"] = json!("kubernetes.io/tls");
            let mut sealed = person.seal(&secret, &[]).await?;
            if let Some(items) = sealed["spec"]["encryptedData"].as_object_mut() {
                items.remove("tls.key");
            }
            person.apply(&sealed).await?;
            let status = person.sees_synced(namespace, "tls", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(message.contains("tls.key"), "{message}");
            Ok(())
        })
        .await
}

pub(crate) async fn an_immutable_secret_is_explained(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret = Person::secret(namespace, "db", &json!({ "v": "1" }));
            secret["immutable"] = json!(true);
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            secret["stringData"]["v"] = json!("2");
            person.seal_and_apply(&secret, &[]).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(message.contains("is immutable") && message.contains("delete the Secret"), "{message}");
            // The advice of the message works.
            person.delete_secret(namespace, "db").await?;
            person.sees_values(namespace, "db", &[("v", b"2")]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            Ok(())
        })
        .await
}

pub(crate) async fn a_template_that_fails_is_reported_and_can_be_corrected(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut sealed =
                person.seal(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            sealed["spec"]["template"]["data"] = json!({ "file": "password=\n{{ .v | fail }}" });
            person.apply(&sealed).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = stalled(&status)?;
            ensure!(message.starts_with("the templates in spec.template.data do not give"), "{message}");
            ensure!(!format!("{status:?}").contains(VALUE), "{status:?}");
            // Which template fails, and in which line, may depend on the value: only the log has it.
            ensure!(!message.contains("file") && !message.contains("line 2"), "{message}");
            let logs = stage.pod.logs()?;
            ensure!(logs.contains("template \\\"file\\\", line 2: fail"), "{logs}");
            person.sees_no_secret(namespace, "db").await?;

            sealed["spec"]["template"]["data"]["file"] = json!("password={{ .v }}");
            person.apply(&sealed).await?;
            let file = format!("password={VALUE}");
            person
                .sees_values(namespace, "db", &[("v", VALUE.as_bytes()), ("file", file.as_bytes())])
                .await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            Ok(())
        })
        .await
}

/// Rendering keeps the processors busy for seconds; meanwhile each request is answered, and other objects are unsealed.
pub(crate) async fn hostile_templates_stop_nothing_else(stage: Arc<Stage>) -> Result<()> {
    const HOSTILE: usize = 16;
    stage
        .play(async |person, namespace| {
            let secret = Person::secret(namespace, "any", &json!({ "v": VALUE }));
            let scope = ["--scope", "namespace-wide"];
            let honest = person.seal(&secret, &scope).await?;
            let mut all = Vec::new();
            for _ in 0..HOSTILE {
                // One sealed value would soon reach the limit of requests for a value.
                let mut sealed = person.seal(&secret, &scope).await?;
                sealed["spec"]["template"]["data"] =
                    json!({ "hashes": "{{ range 1000 }}{{ bcrypt \"x\" }}{{ end }}" });
                all.push(sealed);
            }
            let start = Instant::now();
            for (number, mut sealed) in all.into_iter().enumerate() {
                sealed["metadata"]["name"] = json!(format!("hostile{number}"));
                person.apply(&sealed).await?;
            }
            person.apply(&honest).await?;
            let requested = AtomicBool::new(true);
            let http = http_client().build()?;
            let request = async {
                let mut took = Vec::new();
                while requested.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    http.get(format!("{}/readyz", stage.pod.url())).send().await?.error_for_status()?;
                    took.push(start.elapsed());
                }
                anyhow::Ok(took)
            };
            let refused = async {
                person.sees_values(namespace, "any", &[("v", VALUE.as_bytes())]).await?;
                for number in 0..HOSTILE {
                    let name = format!("hostile{number}");
                    let status = person.sees_synced(namespace, &name, ConditionStatus::False).await?;
                    let message = stalled(&status)?;
                    ensure!(
                        message.starts_with("the templates in spec.template.data do not give"),
                        "{message}"
                    );
                }
                requested.store(false, Ordering::Relaxed);
                anyhow::Ok(())
            };
            let (took, ()) = tokio::try_join!(request, refused)?;
            // A rendering takes twice as long: if renderings delayed the answers, most of these would be late.
            let late = took.iter().filter(|took| **took > Duration::from_millis(250)).count();
            ensure!(late < HOSTILE / 4, "{late} of {} answers were late", took.len());
            ensure!(start.elapsed() < Duration::from_mins(1), "it took {:?}", start.elapsed());
            Ok(())
        })
        .await
}

pub(crate) async fn a_sealing_key_cannot_be_smuggled_in(stage: Arc<Stage>) -> Result<()> {
    let person = &stage.person;
    let mut secret = Person::secret(HOME, "smuggled", &json!({ "tls.key": VALUE, "tls.crt": VALUE }));
    secret["type"] = json!("kubernetes.io/tls");
    secret["metadata"]["labels"] = json!({ "sealedsecrets.bitnami.com/sealed-secrets-key": "active" });
    person.seal_and_apply(&secret, &[]).await?;
    let status = person.sees_synced(HOME, "smuggled", ConditionStatus::False).await?;
    ensure!(stalled(&status)?.contains("sealing key"), "{status:?}");
    person.sees_no_secret(HOME, "smuggled").await?;
    person.delete_sealed(HOME, "smuggled").await
}
