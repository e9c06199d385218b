//! Plays the whole list against one controller; every scenario that ends otherwise is named.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tests::eventually::eventually;
use tests::lab::{Lab, Maker};
use tests::person::Person;
use tests::temp_namespace::with_temp_ns;

use crate::list;
use crate::outcome::Outcome;
use crate::scenario::{Scenario, Step};
use crate::stage::Stage;

/// Longer than either controller takes; upstream gives up after five tries in quick succession.
const SOON: Duration = Duration::from_secs(40);

/// Scenarios under way at the same time, each in a namespace of its own.
const AT_ONCE: usize = 8;

pub(crate) async fn upstream_reaches_every_end_state(stage: Arc<Stage>) -> Result<()> {
    play_all(&stage, Maker::Upstream).await
}

pub(crate) async fn ours_reaches_every_end_state(stage: Arc<Stage>) -> Result<()> {
    play_all(&stage, Maker::Ours).await
}

async fn play_all(stage: &Stage, maker: Maker) -> Result<()> {
    let _turn = stage.turn.lock().await;
    let pod = stage.start(maker).await?;
    let person = Person::with(&stage.lab, Maker::Upstream)?;
    let played = futures::stream::iter(list::all()?)
        .map(|scenario| async {
            let name = scenario.name.clone();
            (name, play(&stage.lab, &person, maker, scenario).await)
        })
        .buffer_unordered(AT_ONCE);
    let outcomes: Vec<(String, Result<()>)> = played.collect().await;
    pod.stop().await?;
    let mut failures = String::new();
    for (name, outcome) in &outcomes {
        if let Err(error) = outcome {
            writeln!(failures, "\n{name}: {error:#}")?;
        }
    }
    ensure!(failures.is_empty(), "with {maker:?}'s controller:\n{failures}");
    Ok(())
}

async fn play(lab: &Lab, person: &Person, maker: Maker, scenario: Scenario) -> Result<()> {
    let Scenario { object, steps, expect, ours, .. } = scenario;
    let expect = match ours {
        Some(better) if maker == Maker::Ours => {
            ensure!(!better.because.is_empty(), "a difference without a reason");
            better.expect
        }
        _ => expect,
    };
    with_temp_ns(lab, async |namespace| {
        for (number, step) in steps.iter().enumerate() {
            take(person, namespace, &object, step).await.with_context(|| format!("step {}", number + 1))?;
        }
        wait(&expect, person, namespace, &object).await.context("the end state")
    })
    .await
}

async fn wait(outcome: &Outcome, person: &Person, namespace: &str, object: &str) -> Result<()> {
    eventually(SOON, "it is as expected", async || outcome.holds(person, namespace, object).await).await
}

async fn take(person: &Person, namespace: &str, object: &str, step: &Step) -> Result<()> {
    match step {
        Step::Apply(value) => person.apply(&placed(value, namespace, object)).await,
        Step::Seal { secret, args, wrap, change } => {
            let mut secret = placed(secret, namespace, object);
            secret["apiVersion"] = json!("v1");
            secret["kind"] = json!("Secret");
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let mut sealed = person.seal(&secret, &args).await?;
            if *wrap {
                for item in sealed["spec"]["encryptedData"]
                    .as_object_mut()
                    .into_iter()
                    .flat_map(|items| items.values_mut())
                {
                    let text = item.as_str().unwrap_or_default();
                    *item = json!(format!("{}\r\n{}\n", &text[..100], &text[100..]));
                }
            }
            merge(&mut sealed, change);
            person.apply(&placed(&sealed, namespace, object)).await
        }
        Step::PatchSealed(patch) => person.patch_sealed(namespace, object, patch).await,
        Step::PatchSecret(patch) => person.patch_secret(namespace, object, patch).await,
        Step::Give(owner) => give(person, namespace, object, owner).await,
        Step::DeleteSealed => person.delete_sealed(namespace, object).await,
        Step::DeleteSecret => person.delete_secret(namespace, object).await,
        Step::Wait(outcome) => wait(outcome, person, namespace, object).await,
    }
}

async fn give(person: &Person, namespace: &str, object: &str, owner: &str) -> Result<()> {
    let uid = person.get_sealed(namespace, owner).await?.metadata.uid;
    let owner = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": owner, "uid": uid, "controller": true,
    });
    person.patch_secret(namespace, object, &json!({ "metadata": { "ownerReferences": [owner] } })).await
}

/// In the scenario's namespace, and under its name unless it has one.
fn placed(object: &Value, namespace: &str, name: &str) -> Value {
    let mut object = object.clone();
    if object["metadata"]["namespace"].is_null() {
        object["metadata"]["namespace"] = json!(namespace);
    }
    if object["metadata"]["name"].is_null() {
        object["metadata"]["name"] = json!(name);
    }
    object
}

/// RFC 7396.
fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (_, Value::Null) => {}
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    into.remove(key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, change) => *into = change.clone(),
    }
}
