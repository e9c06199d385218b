//! A namespace for one test: with a random name, printed when the test fails, deleted after it.

use std::any::Any;
use std::fmt::Write as _;
use std::fs;
use std::panic::AssertUnwindSafe;

use anyhow::{Context as _, Result};
use api::ObservedSealedSecret;
use futures::FutureExt as _;
use k8s_openapi::api::core::v1::{Event, Namespace, Secret};
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, PostParams};
use kube::{Client, ResourceExt as _};

use crate::failure::Unrun;
use crate::lab::Lab;
use crate::process::log_tail::log_tail;
use crate::test::cleanup::Cleanup;

/// Runs `test` with the name of a new namespace. If it fails, the namespace's objects are added to the end of the
/// error: names, states and events, never values. The namespace is deleted in any case, without waiting until it is
/// gone.
pub async fn with_temp_ns<T>(lab: &Lab, test: impl AsyncFnOnce(&str) -> Result<T>) -> Result<T> {
    with_temp_ns_in(&[lab], test).await
}

/// Runs `test` with the name of a new namespace, which each of these clusters has. Otherwise as [`with_temp_ns`].
pub async fn with_temp_ns_in<T>(labs: &[&Lab], test: impl AsyncFnOnce(&str) -> Result<T>) -> Result<T> {
    let name = format!("test-{:08x}", rand::random::<u32>());
    let metadata = ObjectMeta { name: Some(name.clone()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let namespaces: Vec<Api<Namespace>> = labs.iter().map(|lab| Api::all(lab.client())).collect();
    for namespaces in &namespaces {
        namespaces.create(&PostParams::default(), &namespace).await.context("cannot create a namespace")?;
    }

    let doomed = name.clone();
    let cleanup = Cleanup::new(async move {
        for namespaces in &namespaces {
            namespaces
                .delete(&doomed, &DeleteParams::background())
                .await
                .context("cannot delete the namespace")?;
        }
        Ok(())
    });

    // A failed assertion is treated like any other failed test.
    let outcome = AssertUnwindSafe(Box::pin(test(&name)))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(message(&*panic)));
    let outcome = match outcome {
        Ok(value) => Ok(value),
        Err(error) if error.is::<Unrun>() => Err(error),
        Err(error) => {
            // Last, because it is long: if output is cut, the causes must remain.
            let mut states = String::new();
            for lab in labs {
                states.push_str(&state(lab, &name).await);
            }
            let left = anyhow::anyhow!("namespace {name}, as the test left it:\n{states}");
            let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
            Err(causes.into_iter().rfold(left, anyhow::Error::context))
        }
    };
    let deleted = cleanup.now().await;
    let value = outcome?;
    deleted?;
    Ok(value)
}

fn message(panic: &(dyn Any + Send)) -> anyhow::Error {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    anyhow::anyhow!("{}", text.unwrap_or("the test panicked"))
}

async fn state(lab: &Lab, namespace: &str) -> String {
    let mut text = String::new();
    let client = lab.client();
    for section in [
        sealed_secrets(&client, namespace).await,
        secrets(&client, namespace).await,
        events(&client, namespace).await,
    ] {
        // Writing to a String cannot fail; an object that cannot be read is reported, and the rest still shown.
        let _ = write!(text, "{}", section.unwrap_or_else(|error| format!("  ({error:#})\n")));
    }
    for log in fs::read_dir(lab.control_plane.dir().join("pods")).into_iter().flatten().flatten() {
        let _ = write!(text, "  {}\n{}", log.file_name().display(), log_tail(&log.path(), 20));
    }
    text
}

async fn sealed_secrets(client: &Client, namespace: &str) -> Result<String> {
    let all: Api<ObservedSealedSecret> = Api::namespaced(client.clone(), namespace);
    let all = all.list(&ListParams::default()).await.context("SealedSecrets cannot be listed")?;
    let line = |object: &ObservedSealedSecret| {
        let generation = object.metadata.generation.unwrap_or_default();
        let status = object.status.as_ref().and_then(|status| serde_json::to_string(status).ok());
        let status = status.unwrap_or_else(|| "no status".into());
        format!("  SealedSecret {} generation {generation}: {status}\n", object.name_any())
    };
    Ok(all.iter().map(line).collect())
}

async fn secrets(client: &Client, namespace: &str) -> Result<String> {
    let all: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let all = all.list(&ListParams::default()).await.context("Secrets cannot be listed")?;
    let line = |secret: &Secret| {
        let keys: Vec<_> =
            secret.data.iter().flatten().map(|(key, value)| format!("{key}: {} B", value.0.len())).collect();
        let owners: Vec<_> = secret.owner_references().iter().map(|owner| owner.name.as_str()).collect();
        format!("  Secret {} [{}] of {owners:?}\n", secret.name_any(), keys.join(", "))
    };
    Ok(all.iter().map(line).collect())
}

async fn events(client: &Client, namespace: &str) -> Result<String> {
    let all: Api<Event> = Api::namespaced(client.clone(), namespace);
    let all = all.list(&ListParams::default()).await.context("events cannot be listed")?;
    let line = |event: &Event| {
        let word = |word: &Option<String>| word.clone().unwrap_or_default();
        let about = word(&event.involved_object.name);
        format!(
            "  Event {} {} on {about}: {}\n",
            word(&event.type_),
            word(&event.reason),
            word(&event.message)
        )
    };
    Ok(all.iter().map(line).collect())
}
