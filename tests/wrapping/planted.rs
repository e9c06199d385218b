//! What a user does who may write Secrets beside the controller, and has no right at the key management service.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{
    ACTIVE, CERTIFICATE, LABEL, PRIVATE_KEY, SECRET_TYPE, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE,
};
use envelope::{Certificate, KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::PostParams;
use rand::rngs::SysRng;
use serde_json::{Value, json};
use tests::test::eventually::eventually;
use tokio::net::TcpListener;

use crate::controller::{certificate, logs, served, serves, stop};
use crate::home::{A_WHILE, Home, SOON};
use crate::services::plugin::Plugin;
use crate::services::test_service::TestService;
use crate::values::Values;
use crate::wrapped_key::wrapped;

/// A newer key pair than every other one.
fn newer_pair() -> Result<KeyPair> {
    let private = PrivateKey::generate(KeySize::Rsa2048)?;
    let now = Timestamp::now() + SignedDuration::from_secs(1);
    let certificate = issue(&mut SysRng, &private, "", now, SignedDuration::from_hours(24))?;
    Ok(KeyPair::new(private, certificate)?)
}

/// The Secret of a wrapped key with this document.
fn secret(name: &str, certificate: &str, document: &[u8]) -> Secret {
    let mut secret = Secret { type_: Some(WRAPPED_TYPE.into()), ..Secret::default() };
    secret.metadata.name = Some(name.into());
    secret.metadata.labels = Some(BTreeMap::from([(LABEL.into(), WRAPPED.into())]));
    let data = [(CERTIFICATE, certificate.as_bytes()), (WRAPPED_KEY, document)];
    secret.data = Some(data.map(|(name, value)| (name.to_owned(), ByteString(value.to_vec()))).into());
    secret
}

/// The document of this key with other members.
fn changed(key: &Secret, change: impl FnOnce(&mut Value)) -> Result<Vec<u8>> {
    let (document, _) = wrapped(key)?;
    let mut json: Value = serde_json::from_slice(&document.to_json())?;
    change(&mut json);
    Ok(serde_json::to_vec(&json)?)
}

async fn plant(home: &Home, secret: &Secret) -> Result<()> {
    home.secrets().create(&PostParams::default(), secret).await?;
    Ok(())
}

/// Neither while the service answers, nor while it does not, nor after a restart.
pub(crate) async fn a_newer_certificate_is_not_served_before_its_private_half_opened(
    home: Home,
) -> Result<()> {
    let (service, pod, key) = home.first_key::<Plugin>().await?;
    let newer = newer_pair()?;
    let since = newer.certificate().not_before().to_string();
    let document = changed(&key, |json| json["since"] = json!(since))?;
    service.stop().await?;
    plant(&home, &secret("planted", &newer.certificate().to_pem(), &document)).await?;
    logs(&pod, "a sealing key is not unwrapped yet").await?;
    serves(&pod, &key).await?;
    service.start().await?;
    logs(&pod, "a sealing key cannot be unwrapped").await?;
    serves(&pod, &key).await?;
    home.trip("one").await?;
    let message = home.sees_event("planted", "SealingKeyRefused").await?;
    ensure!(message.contains("kmsv2:unix://"), "{message}");
    stop(pod).await?;

    // After a restart without the service no certificate is served at all.
    service.stop().await?;
    let pod = home.pod(Values::of(&service)).await?.start(&home.lab).await?;
    logs(&pod, "a sealing key is not unwrapped yet").await?;
    tokio::time::sleep(A_WHILE).await;
    let (code, text) = served(&pod).await?;
    ensure!(code == 503, "{code}: {text}");
    service.start().await?;
    serves(&pod, &key).await?;
    stop(pod).await
}

/// It is the newest in the list of keys, and the command line requests the new key of the one that is served, and waits for one that is served.
pub(crate) async fn a_renewal_goes_by_what_the_controller_serves(home: Home) -> Result<()> {
    let (_service, pod, key) = home.first_key::<Plugin>().await?;
    let newer = newer_pair()?;
    let since = newer.certificate().not_before().to_string();
    let document = changed(&key, |json| json["since"] = json!(since))?;
    plant(&home, &secret("planted", &newer.certificate().to_pem(), &document)).await?;
    logs(&pod, "a sealing key cannot be unwrapped").await?;
    let printed = home.keys_command(&["renew"]).await?;
    let (code, text) = served(&pod).await?;
    ensure!(code == 200, "{code}: {text}");
    let fingerprint = Certificate::from_pem(&text)?.fingerprint();
    ensure!(printed == format!("{fingerprint}\n") && text != certificate(&key)?, "{printed}");
    ensure!(fingerprint != newer.certificate().fingerprint(), "the planted key is served");
    stop(pod).await
}

/// The planted slot comes first, and names a host that would get a token: the controller's, and that of the command line. It is reported, and the
/// key is used.
pub(crate) async fn a_slot_with_a_foreign_host_is_not_contacted<S: TestService>(home: Home) -> Result<()> {
    let foreign = TcpListener::bind("127.0.0.1:0").await?;
    let host = foreign.local_addr()?;
    let (service, pod, key) = home.first_key::<S>().await?;
    stop(pod).await?;
    let document = changed(&key, |json| {
        let mut planted = json["slots"][0].clone();
        planted["uri"] = json!(format!("openbao+transit://{host}/transit/sealing"));
        json["slots"].as_array_mut().unwrap_or(&mut Vec::new()).insert(0, planted);
    })?;
    let certificate = certificate(&key)?;
    home.secrets().delete(&key.name_any(), &kube::api::DeleteParams::default()).await?;
    plant(&home, &secret("foreign-slot", &certificate, &document)).await?;
    let pod = home.start(Values::of(&service)).await?;
    let planted = home.sees_keys(WRAPPED, 1).await?.remove(0);
    serves(&pod, &planted).await?;
    home.trip("one").await?;
    let message = home.sees_event("foreign-slot", "SealingKeyWarning").await?;
    let expected =
        format!("it is wrapped with what is not configured: openbao+transit://{host}/transit/sealing");
    ensure!(message.contains(&expected) && message.contains("was changed after it was wrapped"), "{message}");
    eventually(SOON, "the list says it too", async || {
        let listed = home.keys_command(&["list"]).await?;
        ensure!(listed.contains("(slots changed)"), "{listed}");
        Ok(())
    })
    .await?;
    stop(pod).await?;
    let printed = home.unwraps_all(&service).await?;
    ensure!(printed.contains(" is in plain "), "{printed}");
    let accepted = tokio::time::timeout(A_WHILE, foreign.accept()).await;
    ensure!(accepted.is_err(), "the controller or the command line contacted {host}");
    Ok(())
}

/// A newer plain key opens what was sealed with it, and is never sealed with, also where no wrapped key is usable.
pub(crate) async fn a_newer_key_in_plain_is_not_served(home: Home) -> Result<()> {
    let (service, pod, key) = home.first_key::<Plugin>().await?;
    let newer = newer_pair()?;
    let mut in_plain = Secret { type_: Some(SECRET_TYPE.into()), ..Secret::default() };
    in_plain.metadata.name = Some("in-plain".into());
    in_plain.metadata.labels = Some(BTreeMap::from([(LABEL.into(), ACTIVE.into())]));
    let certificate = newer.certificate().to_pem();
    let private = newer.private().to_pkcs1_pem()?;
    let data = [(CERTIFICATE, certificate.as_bytes()), (PRIVATE_KEY, private.as_bytes())];
    in_plain.data = Some(data.map(|(name, value)| (name.to_owned(), ByteString(value.to_vec()))).into());
    plant(&home, &in_plain).await?;
    let message = home.sees_event("in-plain", "SealingKeyWarning").await?;
    ensure!(message.contains("kubeseal-rs keys wrap"), "{message}");
    home.seal_offline(&certificate, "old").await?;
    home.sees("old").await?;
    serves(&pod, &key).await?;
    stop(pod).await?;

    service.stop().await?;
    let pod = home.start(Values::of(&service)).await?;
    let (code, text) = served(&pod).await?;
    ensure!(code == 503, "{code}: {text}");
    home.unseals_again("old").await?;
    stop(pod).await
}

pub(crate) async fn a_damaged_key_is_named_and_harms_no_other(home: Home) -> Result<()> {
    let (_service, pod, key) = home.first_key::<Plugin>().await?;
    let certificate = certificate(&key)?;
    let whole = key.data.as_ref().context("no data")?[WRAPPED_KEY].0.clone();
    let flipped = |member: &'static str| {
        move |json: &mut Value| {
            let text = json[member].as_str().unwrap_or_default();
            let first = if text.starts_with('A') { "B" } else { "A" };
            json[member] = json!(format!("{first}{}", text.get(1..).unwrap_or_default()));
        }
    };
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("cut", whole[..whole.len() / 2].to_vec(), "is not JSON"),
        ("no-slots", changed(&key, |json| json["slots"] = json!([]))?, "has no slot"),
        ("tampered", changed(&key, flipped("privateKey"))?, "it was changed, or wrapped in another context"),
        (
            "dated",
            changed(&key, |json| json["since"] = json!("2020-01-01T00:00:00Z"))?,
            "wrapped in another context",
        ),
        (
            "foreign",
            changed(&key, |json| json["clusterName"] = json!("other"))?,
            "it was wrapped for the cluster other",
        ),
        ("garbage", changed(&key, |json| json["slots"][0]["wrapped"] = json!("AAAA"))?, "kmsv2:unix://"),
    ];
    for (name, document, expected) in cases {
        plant(&home, &secret(name, &certificate, &document)).await?;
        let message = home.sees_event(name, "SealingKeyRefused").await?;
        ensure!(message.contains(expected), "{name}: {message}");
        serves(&pod, &key).await?;
        home.trip(&format!("beside-{name}")).await?;
    }
    stop(pod).await
}
