//! Keys that are stored in another form.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ACTIVE, BACKED_UP, ESCROW, REPLACES, REWRAP, UNBOUND, WRAP, WRAPPED};
use envelope::KeyPair;
use key_wrapping::AgeIdentity;
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tests::test::eventually::eventually;

use crate::controller::{certificate, serves, stop};
use crate::home::{Home, SOON};
use crate::services::plugin::Plugin;
use crate::services::test_service::TestService;
use crate::values::Values;
use crate::wrapped_key::{open, open_by, wrapped};

/// Where `kubectl apply` keeps the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

pub(crate) async fn keys_in_plain_are_wrapped_where_a_user_requests_it(home: Home) -> Result<()> {
    let pod = home.start(Values::plain()).await?;
    let plain = home.sees_keys(ACTIVE, 1).await?.remove(0);
    home.trip("one").await?;
    stop(pod).await?;

    let service = home.service::<Plugin>().await?;
    let pod = home.start(Values::of(&service)).await?;
    // A wrapped key is made at once, and the plain one stays as it is, unasked.
    let born = home.sees_keys(WRAPPED, 1).await?.remove(0);
    serves(&pod, &born).await?;
    ensure!(home.keys(ACTIVE).await?.len() == 1, "a key was wrapped unasked");
    let notes = json!({ "metadata": { "annotations": { "team": "shop", LAST_APPLIED: "{}" }, "labels": { "tier": "one" } } });
    home.secrets().patch(&plain.name_any(), &PatchParams::default(), &Patch::Merge(notes)).await?;
    home.annotate(&plain, WRAP).await?;
    home.sees_keys(ACTIVE, 0).await?;
    let all = home.sees_keys(WRAPPED, 2).await?;
    let converted =
        all.iter().find(|key| certificate(key).ok() == certificate(&plain).ok()).context("not there")?;
    ensure!(converted.name_any() == format!("{}-wrapped", plain.name_any()), "{}", converted.name_any());
    let annotations: Vec<_> =
        converted.annotations().iter().filter(|(name, _)| ![UNBOUND, REPLACES].contains(&&***name)).collect();
    ensure!(annotations == [(&"team".to_owned(), &"shop".to_owned())], "{annotations:?}");
    ensure!(converted.labels().get("tier").map(String::as_str) == Some("one"), "{:?}", converted.labels());
    let opened = open(converted, &service).await?;
    let pem = String::from_utf8(plain.data.clone().unwrap_or_default()["tls.key"].0.clone())?;
    let pair = KeyPair::from_pem(&pem, &certificate(&plain)?)?;
    ensure!(*opened.pair.private().to_pkcs1_pem()? == *pair.private().to_pkcs1_pem()?, "another key");
    let message = home.sees_event(&converted.name_any(), "SealingKeyWrapped").await?;
    ensure!(message.contains("keys renew") && message.contains("reseal"), "{message}");
    serves(&pod, &born).await?;
    home.unseals_again("one").await?;
    stop(pod).await?;
    let pod = home.start(Values::of(&service)).await?;
    home.unseals_again("one").await?;
    stop(pod).await
}

/// The new provider gets no slot of an existing key unasked. After a rewrap the old one opens nothing.
pub(crate) async fn a_provider_is_replaced(home: Home) -> Result<()> {
    let (old, new) = (home.service::<Plugin>().await?, home.service::<Plugin>().await?);
    let pod = home.start(Values::of(&old)).await?;
    let key = home.sees_keys(WRAPPED, 1).await?.remove(0);
    home.trip("one").await?;
    stop(pod).await?;
    let pod = home.start(Values::of(&new).unwrap_with(&old.provider())).await?;
    serves(&pod, &key).await?;
    let message = home.sees_event(&key.name_any(), "SealingKeyWarning").await?;
    ensure!(message.contains(&new.provider()) && message.contains(&old.provider()), "{message}");
    ensure!(home.keys(WRAPPED).await?[0].data == key.data, "a slot was added unasked");
    home.annotate(&key, BACKED_UP).await?;
    home.annotate(&key, REWRAP).await?;
    let rewrapped = eventually(SOON, "the key is wrapped by the new provider", async || {
        let keys = home.keys(WRAPPED).await?;
        ensure!(keys.len() == 1 && keys[0].uid() != key.uid(), "{} keys", keys.len());
        Ok(keys[0].clone())
    })
    .await?;
    let (before, after) = (wrapped(&key)?.0, wrapped(&rewrapped)?.0);
    ensure!(before.since() == after.since() && before.slots() != after.slots(), "not wrapped anew");
    ensure!(!rewrapped.annotations().contains_key(BACKED_UP), "its backup opens with the old provider alone");
    open(&rewrapped, &new).await?;
    ensure!(open(&rewrapped, &old).await.is_err(), "the old provider still opens it");
    stop(pod).await?;
    old.stop().await?;
    let pod = home.start(Values::of(&new)).await?;
    serves(&pod, &rewrapped).await?;
    home.unseals_again("one").await?;
    stop(pod).await
}

/// The service's key is another one now: the key opens as before, which is reported, and a rewrap uses the one of now.
pub(crate) async fn the_key_of_the_service_is_rotated(home: Home) -> Result<()> {
    let (service, pod, key) = home.first_key::<Plugin>().await?;
    home.trip("one").await?;
    stop(pod).await?;
    service.0.rotate("second")?;
    let pod = home.start(Values::of(&service)).await?;
    serves(&pod, &key).await?;
    let message = home.sees_event(&key.name_any(), "SealingKeyWarning").await?;
    ensure!(message.contains(&format!("another key of {}", service.provider())), "{message}");
    home.annotate(&key, REWRAP).await?;
    eventually(SOON, "the key is wrapped with the service's key of now", async || {
        let keys = home.keys(WRAPPED).await?;
        ensure!(keys.len() == 1, "{} keys", keys.len());
        let slots = wrapped(&keys[0])?.0.slots().to_vec();
        ensure!(slots.iter().all(|slot| slot.key_id == "second"), "{slots:?}");
        Ok(())
    })
    .await?;
    home.unseals_again("one").await?;
    stop(pod).await
}

/// With an age recipient alone: the key stays in plain, and upstream's controller reads it.
pub(crate) async fn an_escrow_copy_lies_beside_each_key_and_opens_with_the_identity(
    home: Home,
) -> Result<()> {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let pod = home.start(Values::wrap_with(&[&recipient])).await?;
    let key = home.sees_keys(ACTIVE, 1).await?.remove(0);
    let copy = home.sees_keys(ESCROW, 1).await?.remove(0);
    serves(&pod, &key).await?;
    home.trip("one").await?;
    let opened = open_by(&copy, Arc::new(AgeIdentity::new(identity))).await?;
    let pem = String::from_utf8(key.data.clone().unwrap_or_default()["tls.key"].0.clone())?;
    ensure!(opened.pair.private().to_pkcs1_pem()?.as_str() == pem, "the copy holds another key");
    stop(pod).await?;

    // Another recipient is reported with both names; the copy stays, and one for that recipient is made beside it.
    let other = age::x25519::Identity::generate().to_public().to_string();
    let pod = home.start(Values::wrap_with(&[&other])).await?;
    let message = home.sees_event(&copy.name_any(), "SealingKeyWarning").await?;
    ensure!(message.contains(&other) && message.contains(&recipient), "{message}");
    let copies = home.sees_keys(ESCROW, 2).await?;
    ensure!(copies.iter().any(|it| it.data == copy.data), "the first copy is gone");
    let new = copies.iter().find(|it| it.data != copy.data).context("no new copy")?;
    let slots = wrapped(new)?.0.slots().iter().map(|slot| slot.uri.clone()).collect::<Vec<_>>();
    ensure!(slots == [other], "{slots:?}");
    serves(&pod, &key).await?;
    stop(pod).await
}
