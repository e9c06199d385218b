//! [`Samples`]: what our controller writes for one SealedSecret, as it is in the API server afterwards; to be written again without a
//! controller.

use std::time::Duration;

use anyhow::{Context as _, Result};
use api::SealedSecret;
use harness::test::eventually::eventually;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::api::PostParams;
use kube::core::Request;
use kube::{Client, Resource};
use serde_json::{Value, json};

use super::load::{self, Load};
use super::site::{Created, Site};
use crate::bench::numbers::Side;

/// Requests, or SealedSecrets, that are under way at once: as many SealedSecrets as our controller has in hand.
pub(super) const AT_ONCE: usize = 32;

#[derive(Debug)]
pub(super) struct Samples {
    secret: Value,
    status: Value,
    event: Value,
}

impl Samples {
    pub(super) async fn take(site: &mut Site<'_>) -> Result<Self> {
        let namespace = site.namespace().await?;
        let keys = site.with_keys(1).await?;
        let one = Load::of(1, 1);
        let sealed = tokio::task::block_in_place(|| load::sealed(one, 0, &namespace, keys))?;
        site.create(&namespace, &sealed).await?;
        let mut watch = site.watch_sealed(Some(&namespace)).await?;
        let pod = site.start(Side::Ours, &[]).await?;
        let name = load::name(0);
        watch.until(&name, true).await?;
        let client = site.client();
        let get = async |path: String| {
            let request = http::Request::get(path).body(Vec::new())?;
            Ok::<Value, anyhow::Error>(client.request(request).await?)
        };
        let mut secret = get(format!("{}/{name}", Secret::url_path(&(), Some(&namespace)))).await?;
        let mut sealed = get(format!("{}/{name}", SealedSecret::url_path(&(), Some(&namespace)))).await?;
        let mut event = eventually(Duration::from_secs(10), "there is an event", async || {
            let mut events = get(Event::url_path(&(), Some(&namespace))).await?;
            events["items"].as_array_mut().and_then(Vec::pop).context("none yet")
        })
        .await?;
        pod.stop().await?;
        site.clear(&namespace).await?;
        as_sent(&mut secret);
        as_sent(&mut event);
        Ok(Self { secret, status: sealed["status"].take(), event })
    }

    /// Creates the Secret of a SealedSecret.
    pub(super) async fn create_secret(
        &self,
        client: &Client,
        (namespace, name): (&str, &str),
        owner: &Created,
    ) -> Result<()> {
        let mut secret = self.secret.clone();
        secret["metadata"]["namespace"] = json!(namespace);
        secret["metadata"]["name"] = json!(name);
        // Otherwise garbage collection would delete it.
        secret["metadata"]["ownerReferences"][0]["name"] = json!(name);
        secret["metadata"]["ownerReferences"][0]["uid"] = json!(owner.uid);
        post(client, Secret::url_path(&(), Some(namespace)), &secret).await
    }

    /// Records the event of a SealedSecret.
    pub(super) async fn create_event(
        &self,
        client: &Client,
        (namespace, name): (&str, &str),
        about: &Created,
    ) -> Result<()> {
        let mut event = self.event.clone();
        event["metadata"]["namespace"] = json!(namespace);
        event["metadata"]["name"] = json!(format!("{name}.{}", about.version));
        let involved = &mut event["involvedObject"];
        (involved["namespace"], involved["name"]) = (json!(namespace), json!(name));
        (involved["uid"], involved["resourceVersion"]) = (json!(about.uid), json!(about.version));
        post(client, Event::url_path(&(), Some(namespace)), &event).await
    }

    /// Writes the status of a SealedSecret, as the controller does.
    pub(super) async fn write_status(
        &self,
        client: &Client,
        (namespace, name): (&str, &str),
        object: &Created,
    ) -> Result<()> {
        let body = json!({
            "apiVersion": SealedSecret::api_version(&()),
            "kind": SealedSecret::kind(&()),
            "metadata": { "name": name, "namespace": namespace, "uid": object.uid, "resourceVersion": object.version },
            "status": self.status,
        });
        let requests = Request::new(SealedSecret::url_path(&(), Some(namespace)));
        let body = body.to_string().into_bytes();
        let request = requests.replace_subresource("status", name, &PostParams::default(), body)?;
        client.request_text(request).await.context("a status cannot be written")?;
        Ok(())
    }
}

async fn post(client: &Client, path: String, object: &Value) -> Result<()> {
    let request = Request::new(path).create(&PostParams::default(), object.to_string().into_bytes())?;
    client.request_text(request).await.context("an object cannot be created")?;
    Ok(())
}

/// Removes what the API server added.
fn as_sent(object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
            metadata.remove(field);
        }
    }
}
