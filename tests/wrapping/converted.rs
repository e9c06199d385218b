//! Keys that are stored in another form.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ACTIVE, ESCROW, REWRAP, UNBOUND, WRAP, WRAPPED, WRAPPED_KEY};
use envelope::KeyPair;
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tests::test::eventually::eventually;

use crate::service::{Plugin, TestService, open, wrapped};
use crate::stage::{CLUSTER, SOON, Stage, certificate, serves, stop};

/// Where `kubectl apply` keeps the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

pub(crate) async fn keys_in_plain_are_wrapped_where_a_user_requests_it(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let pod = stage.start(stage.plain_pod()?).await?;
            let plain = stage.sees_keys(ACTIVE, 1).await?.remove(0);
            stage.trip(namespace, "one").await?;
            stop(pod).await?;

            let service = Plugin::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            // A wrapped key is made at once, and the plain one stays as it is, unasked.
            let born = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            serves(&pod, &born).await?;
            ensure!(stage.keys(ACTIVE).await?.len() == 1, "a key was wrapped unasked");
            let notes = json!({ "metadata": { "annotations": { "team": "shop", LAST_APPLIED: "{}" }, "labels": { "tier": "one" } } });
            stage.secrets().patch(&plain.name_any(), &PatchParams::default(), &Patch::Merge(notes)).await?;
            stage.annotate(&plain, WRAP).await?;
            stage.sees_keys(ACTIVE, 0).await?;
            let all = stage.sees_keys(WRAPPED, 2).await?;
            let converted = all
                .iter()
                .find(|key| certificate(key).ok() == certificate(&plain).ok())
                .context("not there")?;
            ensure!(
                converted.name_any() == format!("{}-wrapped", plain.name_any()),
                "{}",
                converted.name_any()
            );
            let annotations: Vec<_> = converted.annotations().iter().filter(|(name, _)| *name != UNBOUND).collect();
            ensure!(annotations == [(&"team".to_owned(), &"shop".to_owned())], "{annotations:?}");
            ensure!(converted.labels().get("tier").map(String::as_str) == Some("one"), "{:?}", converted.labels());
            let opened = open(converted, &service.provider()).await?;
            let pem = String::from_utf8(plain.data.clone().unwrap_or_default()["tls.key"].0.clone())?;
            let pair = KeyPair::from_pem(&pem, &certificate(&plain)?)?;
            ensure!(*opened.pair.private().to_pkcs1_pem()? == *pair.private().to_pkcs1_pem()?, "another key");
            let message = stage.sees_event(&converted.name_any(), "SealingKeyWrapped").await?;
            ensure!(message.contains("keys renew") && message.contains("reseal"), "{message}");
            serves(&pod, &born).await?;
            stage.person.delete_secret(namespace, "one").await?;
            stage.person.sees_values(namespace, "one", &[("v", b"one")]).await?;
            stop(pod).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            stage.person.delete_secret(namespace, "one").await?;
            stage.person.sees_values(namespace, "one", &[("v", b"one")]).await?;
            stop(pod).await
        })
        .await
}

/// The new provider gets no slot of an existing key unasked. After a rewrap the old one opens nothing.
pub(crate) async fn a_provider_is_replaced(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let (old, new) = (Plugin::start_new(&stage.lab).await?, Plugin::start_new(&stage.lab).await?);
            let pod = stage.start(stage.pod(&[&old.provider()])?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stage.trip(namespace, "one").await?;
            stop(pod).await?;
            let pod = stage.pod(&[&new.provider()])?.env("SEALED_SECRETS_KEY_UNWRAP_WITH", &old.provider());
            let pod = stage.start(pod).await?;
            serves(&pod, &key).await?;
            let message = stage.sees_event(&key.name_any(), "SealingKeyWarning").await?;
            ensure!(message.contains(&new.provider()) && message.contains(&old.provider()), "{message}");
            ensure!(stage.keys(WRAPPED).await?[0].data == key.data, "a slot was added unasked");
            stage.annotate(&key, REWRAP).await?;
            let rewrapped = eventually(SOON, "the key is wrapped by the new provider", async || {
                let keys = stage.keys(WRAPPED).await?;
                ensure!(keys.len() == 1 && keys[0].uid() != key.uid(), "{} keys", keys.len());
                Ok(keys[0].clone())
            })
            .await?;
            let (before, after) = (wrapped(&key)?.0, wrapped(&rewrapped)?.0);
            ensure!(before.since() == after.since() && before.slots() != after.slots(), "not wrapped anew");
            open(&rewrapped, &new.provider()).await?;
            ensure!(open(&rewrapped, &old.provider()).await.is_err(), "the old provider still opens it");
            stop(pod).await?;
            old.stop().await?;
            let pod = stage.start(stage.pod(&[&new.provider()])?).await?;
            serves(&pod, &rewrapped).await?;
            stage.person.delete_secret(namespace, "one").await?;
            stage.person.sees_values(namespace, "one", &[("v", b"one")]).await?;
            stop(pod).await
        })
        .await
}

/// The service's key is another one now: the key opens as before, which is reported, and a rewrap uses the one of now.
pub(crate) async fn the_key_of_the_service_is_rotated(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = Plugin::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stage.trip(namespace, "one").await?;
            stop(pod).await?;
            service.0.rotate("second")?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            serves(&pod, &key).await?;
            let message = stage.sees_event(&key.name_any(), "SealingKeyWarning").await?;
            ensure!(message.contains(&format!("an older key of {}", service.provider())), "{message}");
            stage.annotate(&key, REWRAP).await?;
            eventually(SOON, "the key is wrapped with the service's key of now", async || {
                let keys = stage.keys(WRAPPED).await?;
                ensure!(keys.len() == 1, "{} keys", keys.len());
                let slots = wrapped(&keys[0])?.0.slots().to_vec();
                ensure!(slots.iter().all(|slot| slot.key_id == "second"), "{slots:?}");
                Ok(())
            })
            .await?;
            stage.person.delete_secret(namespace, "one").await?;
            stage.person.sees_values(namespace, "one", &[("v", b"one")]).await?;
            stop(pod).await
        })
        .await
}

/// With an age recipient alone: the key stays in plain, and upstream's controller reads it.
pub(crate) async fn an_escrow_copy_lies_beside_each_key_and_opens_with_the_identity(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let identity = age::x25519::Identity::generate();
            let recipient = identity.to_public().to_string();
            let pod = stage.start(stage.pod(&[&recipient])?).await?;
            let key = stage.sees_keys(ACTIVE, 1).await?.remove(0);
            let copy = stage.sees_keys(ESCROW, 1).await?.remove(0);
            serves(&pod, &key).await?;
            stage.trip(namespace, "one").await?;
            let (document, public) = wrapped(&copy)?;
            let safe = Arc::new(key_wrapping::AgeIdentity::new(identity));
            let safe = key_wrapping::KeyProviders::new(CLUSTER.parse()?, vec![safe], Vec::new());
            let opened = safe.unwrap(&document, public).await?;
            let pem = String::from_utf8(key.data.clone().unwrap_or_default()["tls.key"].0.clone())?;
            ensure!(opened.pair.private().to_pkcs1_pem()?.as_str() == pem, "the copy holds another key");
            stop(pod).await?;

            // Another recipient is reported with both names, and the copy stays.
            let other = age::x25519::Identity::generate().to_public().to_string();
            let pod = stage.start(stage.pod(&[&other])?).await?;
            let message = stage.sees_event(&copy.name_any(), "SealingKeyWarning").await?;
            ensure!(message.contains(&other) && message.contains(&recipient), "{message}");
            let copies = stage.keys(ESCROW).await?;
            ensure!(copies.len() == 1 && copies[0].data == copy.data, "{} copies", copies.len());
            ensure!(copy.data.unwrap_or_default().contains_key(WRAPPED_KEY), "no document");
            stop(pod).await
        })
        .await
}
