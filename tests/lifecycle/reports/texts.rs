//! Texts that users search for in logs and alerts, compared with upstream's program: both meet the same errors, and
//! their events must have the same words.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::chart::CONTROLLER_NAME;
use tests::chart::upstream_rights;
use tests::lab::Maker;
use tests::user::person::Person;

use crate::stage::{HOME, Stage, stop};

/// The SealedSecret's name, the reason of its event, and the words in it.
const FAULTS: [(&str, &str, &str); 6] = [
    ("moved", "ErrUnsealFailed", "Failed to unseal: no key could decrypt secret (v)"),
    ("widened", "ErrUnsealFailed", "Failed to unseal: no key could decrypt secret (v)"),
    ("no-base64", "ErrUnsealFailed", "Failed to unseal: illegal base64 data"),
    ("cut", "ErrUnsealFailed", "Failed to unseal: no key could decrypt secret (v)"),
    (
        "unmanaged",
        "ErrUpdateFailed",
        "Resource \"unmanaged\" already exists and is not managed by SealedSecret",
    ),
    ("immutable", "ErrUpdateFailed", "the target Secret is immutable"),
];

/// Log lines of a controller that starts, makes its first key and meets these errors.
const LOGGED: [&str; 5] = [
    "Starting sealed-secrets controller",
    "HTTP server serving",
    "HTTP metrics server serving",
    "New key written",
    "Error updating, giving up",
];

pub(crate) async fn errors_have_upstreams_messages(stage: Arc<Stage>) -> Result<()> {
    upstream_rights::grant(&stage.lab.client(), HOME, CONTROLLER_NAME).await?;
    for maker in [Maker::Upstream, Maker::Ours] {
        stage.alone(async |namespace| check(&stage, maker, namespace).await).await?;
    }
    Ok(())
}

async fn check(stage: &Stage, maker: Maker, namespace: &str) -> Result<()> {
    let person = &stage.person;
    let pod = stage.pod()?.maker(maker).flag("max-unseal-retries", "0").flag("kubeclient-qps", "-1");
    let mut pod = pod.start(&stage.lab).await?;
    pod.wait_ready().await?;
    person.apply(&Person::secret(namespace, "unmanaged", &json!({ "v": "theirs" }))).await?;
    for (name, _, _) in FAULTS {
        let mut secret = Person::secret(namespace, name, &json!({ "v": "1" }));
        if name == "immutable" {
            secret["immutable"] = json!(true);
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_synced(namespace, name, ConditionStatus::True).await?;
            secret["stringData"]["v"] = json!("2");
        }
        let mut sealed = person.seal(&secret, &[]).await?;
        let value = &mut sealed["spec"]["encryptedData"]["v"];
        match name {
            "moved" => {
                let other = Person::secret(namespace, "other", &json!({ "v": "1" }));
                *value = person.seal(&other, &[]).await?["spec"]["encryptedData"]["v"].clone();
            }
            "widened" => {
                sealed["metadata"]["annotations"] =
                    json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
            }
            "no-base64" => *value = Value::from("%%%"),
            "cut" => *value = Value::from("Ag=="),
            _ => {}
        }
        person.apply(&sealed).await?;
    }
    for (name, reason, words) in FAULTS {
        let event = person.sees_event(namespace, name, reason).await?;
        ensure!(event.contains(words), "{maker:?}, {name}: no {words:?} in {event:?}");
    }
    let logs = pod.logs()?;
    for words in LOGGED {
        ensure!(logs.contains(words), "{maker:?}: no {words:?} in\n{logs}");
    }
    match maker {
        Maker::Ours => stop(pod).await,
        Maker::Upstream => pod.stop().await.map(drop),
    }
}
