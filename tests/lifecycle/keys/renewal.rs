//! New sealing keys: requested, published later, and reported. Renewal by age is tested in `secrets/flags.rs`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::{annotations, sealing_key};
use envelope::Certificate;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tests::cluster::admission_policy::{AdmissionPolicy, Refused};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::keys::key_changes::restored;
use crate::secrets::flags::signal;
use crate::stage::{HOME, Stage, stop};

/// The time limit for the API server and a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Long enough for something that must not happen.
const A_WHILE: Duration = Duration::from_secs(4);

/// The response to a GET: status and body.
pub(crate) async fn get(url: &str) -> Result<(u16, String)> {
    let http = http_client().build()?;
    let answer = http.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// The value of a gauge of the controller.
async fn gauge(pod: &Pod, name: &str) -> Result<i64> {
    let (_, text) = get(&pod.metrics_url()).await?;
    let line = format!("sealed_secrets_controller_{name} ");
    let value = text.lines().find_map(|text| text.strip_prefix(&line)).context(text.clone())?;
    Ok(value.parse()?)
}

fn certificate(key: &Secret) -> Result<Certificate> {
    let pem = &key.data.as_ref().context("no data")?[sealing_key::CERTIFICATE].0;
    Ok(Certificate::from_pem(std::str::from_utf8(pem)?)?)
}

/// The one key that is not among these.
async fn new_key(stage: &Stage, before: &[Secret]) -> Result<Secret> {
    eventually(SOON, "there is one key more", async || {
        let mut keys = stage.keys().await?;
        ensure!(keys.len() == before.len() + 1, "{} keys", keys.len());
        keys.retain(|key| before.iter().all(|old| old.name_any() != key.name_any()));
        keys.pop().context("no new key")
    })
    .await
}

/// Waits until the Secret with the name of the first key records that the name is used.
async fn first_key_is_recorded(stage: &Stage) -> Result<()> {
    let name = sealing_key::origin_name("sealed-secrets-key");
    eventually(SOON, "the first key is recorded", async || {
        let data = stage.secrets().get(&name).await?.data.unwrap_or_default();
        ensure!(data.contains_key("used"), "{name}: {:?}", data.keys());
        Ok(())
    })
    .await
}

/// Requests the renewal of a key by its annotation.
pub(crate) async fn request_renewal(stage: &Stage, key: &Secret) -> Result<()> {
    let annotation = json!({ "metadata": { "annotations": { sealing_key::RENEW: "please" } } });
    stage.secrets().patch(&key.name_any(), &PatchParams::default(), &Patch::Merge(annotation)).await?;
    Ok(())
}

pub(crate) async fn an_annotation_requests_one_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            let before = stage.keys().await?;
            let old = certificate(&before[0])?;
            let (code, said) = get(&format!("{}/readyz?verbose", pod.url())).await?;
            let short = old.fingerprint().short();
            let keys = format!("[+] sealing key present: 1 active, newest {short} made ");
            ensure!(code == 200 && said.contains(&keys), "{said}");
            ensure!(said.contains(&format!("published {short}, next renewal ")), "{said}");
            ensure!(said.contains(", 0 refused\n"), "{said}");
            ensure!(gauge(&pod, "sealing_keys").await? == 1);
            let since = old.not_before().as_second();
            ensure!(gauge(&pod, "newest_key_created_timestamp_seconds").await? == since);
            // 30 days, minus one day at most.
            let due = gauge(&pod, "next_renewal_timestamp_seconds").await? - since;
            ensure!((29 * 86_400..=30 * 86_400).contains(&due), "{due} s");

            request_renewal(&stage, &before[0]).await?;
            let new = certificate(&new_key(&stage, &before).await?)?;
            eventually(SOON, "the new certificate is served", async || {
                let (_, served) = get(&format!("{}/v1/cert.pem", pod.url())).await?;
                ensure!(served == new.to_pem());
                Ok(())
            })
            .await?;
            ensure!(gauge(&pod, "sealing_keys").await? == 2);
            ensure!(
                gauge(&pod, "newest_key_created_timestamp_seconds").await? == new.not_before().as_second()
            );

            // The request is fulfilled once: repeated requests and restarts change nothing.
            request_renewal(&stage, &before[0]).await?;
            eventually(SOON, "the fulfilled request is removed", async || {
                let old = stage.secrets().get(&before[0].name_any()).await?;
                ensure!(!old.annotations().contains_key(sealing_key::RENEW));
                Ok(())
            })
            .await?;
            tokio::time::sleep(A_WHILE).await;
            stop(pod).await?;
            let pod = stage.start().await?;
            tokio::time::sleep(A_WHILE).await;
            let keys = stage.keys().await?;
            ensure!(keys.len() == 2, "{} keys", keys.len());
            let prefixed = |key: &Secret| key.name_any().starts_with(sealing_key::DEFAULT_PREFIX);
            ensure!(keys.iter().all(prefixed), "{keys:?}");
            stop(pod).await
        })
        .await
}

/// A policy that refuses key Secrets, and shows the private key in its message.
pub(crate) async fn a_policy_message_with_a_private_key_is_not_logged(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let mut pod = stage.pod()?.flag("log-level", "DEBUG").start(&stage.lab).await?;
            pod.wait_ready().await?;
            let before = stage.keys().await?;
            let refused = Refused {
                key: sealing_key::PRIVATE_KEY,
                updates: false,
                message: "'too weak: ' + string(object.data['tls.key'])",
                reason: None,
            };
            let policy = AdmissionPolicy::create(stage.lab.client(), HOME, refused).await?;
            request_renewal(&stage, &before[0]).await?;
            let refused = "denied request; why is not shown, because it may quote a value";
            eventually(SOON, "the refusal is logged", async || {
                let log = pod.logs()?;
                let found = log
                    .lines()
                    .any(|line| line.contains("Failed to generate new key") && line.contains(refused));
                ensure!(found, "not yet");
                Ok(())
            })
            .await?;
            policy.delete().await?;
            new_key(&stage, &before).await?;
            let log = pod.logs()?;
            // The beginning of the key as PEM, and that text in base64.
            for secret_text in ["PRIVATE KEY", "LS0tLS1CRUdJTi"] {
                ensure!(!log.contains(secret_text), "the log quotes the private key: {secret_text}");
            }
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_new_key_opens_at_once_and_is_published_later(stage: Arc<Stage>) -> Result<()> {
    const DELAY: Duration = Duration::from_secs(25);
    // Certificates have whole seconds only.
    const SECONDS: Duration = Duration::from_secs(2);
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let delay = format!("{}s", DELAY.as_secs());
            let mut pod = stage.pod()?.flag("key-publish-delay", &delay).start(&stage.lab).await?;
            // The first key is served at once, because nothing was sealed to an older one.
            pod.wait_ready().await?;
            let before = stage.keys().await?;
            let old = certificate(&before[0])?;
            let served = async || anyhow::Ok(get(&format!("{}/v1/cert.pem", pod.url())).await?.1);
            ensure!(served().await? == old.to_pem());
            let secret = Person::secret(namespace, "db", &json!({ "v": "1" }));
            let sealed = person.seal(&secret, &[]).await?;

            let start = Instant::now();
            request_renewal(&stage, &before[0]).await?;
            let new = certificate(&new_key(&stage, &before).await?)?;
            // Another client, which has fetched the new certificate, already seals to it.
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("new.pem");
            std::fs::write(&path, new.to_pem())?;
            let early = person.seal(&secret, &["--cert", &path.display().to_string()]).await?;
            person.apply(&early).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            let http = http_client().build()?;
            let resealed_to = async || {
                let answer =
                    http.post(format!("{}/v1/rotate", pod.url())).body(sealed.to_string()).send().await?;
                let resealed: Value = serde_json::from_str(&answer.error_for_status()?.text().await?)?;
                let hint = &resealed["metadata"]["annotations"][annotations::CERTIFICATE_FINGERPRINT];
                anyhow::Ok(hint.as_str().unwrap_or_default().to_owned())
            };
            let (served_early, resealed_early) = (served().await?, resealed_to().await?);
            // A machine that was too busy for all this proves nothing.
            ensure!(start.elapsed() + SECONDS < DELAY, "it took {:?}", start.elapsed());
            ensure!(served_early == old.to_pem(), "the new certificate is served before its time");
            ensure!(resealed_early == old.fingerprint().to_string(), "it was resealed to the new key");
            let (_, said) = get(&format!("{}/readyz?verbose", pod.url())).await?;
            let [newest, published] = [new.fingerprint().short(), old.fingerprint().short()];
            ensure!(said.contains(&format!("2 active, newest {newest} made ")), "{said}");
            ensure!(said.contains(&format!(", published {published}, ")), "{said}");

            eventually(DELAY + SOON, "the new certificate is served", async || {
                ensure!(served().await? == new.to_pem());
                Ok(())
            })
            .await?;
            ensure!(start.elapsed() + SECONDS >= DELAY, "after {:?}", start.elapsed());
            ensure!(resealed_to().await? == new.fingerprint().to_string());
            stop(pod).await
        })
        .await
}

pub(crate) async fn the_last_key_deleted_is_missed_aloud(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            let [last] = stage.keys().await?.try_into().ok().context("not one key")?;
            first_key_is_recorded(&stage).await?;
            stage.secrets().delete(&last.name_any(), &DeleteParams::default()).await?;
            eventually(SOON, "it is said everywhere", async || {
                ensure!(pod.logs()?.contains("no sealing key is left"), "{}", pod.logs()?);
                ensure!(gauge(&pod, "sealing_keys").await? == 0);
                let (code, said) = get(&format!("{}/readyz", pod.url())).await?;
                ensure!(code == 503 && said.contains("[-] sealing key present: 0 active"), "{said}");
                let (code, _) = get(&format!("{}/v1/cert.pem", pod.url())).await?;
                ensure!(code == 503);
                Ok(())
            })
            .await?;
            // A user who deletes keys may be restoring a backup: no key is made in between.
            tokio::time::sleep(A_WHILE).await;
            ensure!(stage.keys().await?.is_empty(), "a key was made");
            signal("-USR1", &pod.process_id().context("it ended")?.to_string()).await?;
            let key = new_key(&stage, &[]).await?;
            ensure!(certificate(&key)?.fingerprint() != certificate(&last)?.fingerprint());
            eventually(SOON, "it is ready", async || {
                let (code, said) = get(&format!("{}/readyz", pod.url())).await?;
                ensure!(code == 200, "{said}");
                Ok(())
            })
            .await?;
            // Names are derived, and yet a backup finds its own name free whenever all keys were deleted. Not where a
            // key is deleted in the milliseconds before its name is recorded.
            first_key_is_recorded(&stage).await?;
            stage.secrets().delete(&key.name_any(), &DeleteParams::default()).await?;
            eventually(SOON, "that one is missed as well", async || {
                ensure!(gauge(&pod, "sealing_keys").await? == 0);
                Ok(())
            })
            .await?;
            signal("-USR1", &pod.process_id().context("it ended")?.to_string()).await?;
            new_key(&stage, &[]).await?;
            for backup in [&last, &key] {
                stage.secrets().create(&PostParams::default(), &restored(backup)).await?;
            }
            eventually(SOON, "all three count", async || {
                ensure!(gauge(&pod, "sealing_keys").await? == 3);
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}

/// A Secret of a key that no controller made.
fn fixture(name: &str, key: &str, certificate: &str) -> Value {
    let mut secret = Person::secret(
        HOME,
        name,
        &json!({ sealing_key::PRIVATE_KEY: key, sealing_key::CERTIFICATE: certificate }),
    );
    secret["type"] = json!(sealing_key::SECRET_TYPE);
    secret["metadata"]["labels"] = json!({ sealing_key::LABEL: sealing_key::ACTIVE });
    secret
}

pub(crate) async fn rejected_keys_are_reported_and_counted(stage: Arc<Stage>) -> Result<()> {
    const A: [&str; 2] = [
        include_str!("../../../crates/envelope/tests/keys/a.pkcs8.pem"),
        include_str!("../../../crates/envelope/tests/keys/a.crt.pem"),
    ];
    const B: &str = include_str!("../../../crates/envelope/tests/keys/b.crt.pem");
    const SMALL: [&str; 2] = [
        include_str!("../../../crates/envelope/tests/keys/small.pkcs8.pem"),
        include_str!("../../../crates/envelope/tests/keys/small.crt.pem"),
    ];
    const FOREIGN: [&str; 2] = [
        include_str!("../../../crates/envelope/tests/keys/ec.pkcs8.pem"),
        include_str!("../../../crates/envelope/tests/keys/ec.crt.pem"),
    ];
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            let mut opaque = Person::secret(HOME, "of-another-type", &json!({ "v": "x" }));
            opaque["metadata"]["labels"] = json!({ sealing_key::LABEL: sealing_key::ACTIVE });
            let mut elsewhere = fixture("elsewhere", A[0], A[1]);
            elsewhere["metadata"]["namespace"] = json!(namespace);
            let refused = [
                ("broken", fixture("broken", "x", "y")),
                ("mismatched", fixture("mismatched", A[0], B)),
                ("too_small", fixture("small", SMALL[0], SMALL[1])),
                ("not_rsa", fixture("foreign", FOREIGN[0], FOREIGN[1])),
                ("type", opaque),
                ("namespace", elsewhere),
            ];
            for (_, secret) in &refused {
                person.apply(secret).await?;
            }
            for (reason, secret) in &refused {
                let namespace = secret["metadata"]["namespace"].as_str().unwrap_or_default();
                let name = secret["metadata"]["name"].as_str().unwrap_or_default();
                let about = format!("involvedObject.kind=Secret,involvedObject.name={name}");
                eventually(SOON, &format!("an event on {name}"), async || {
                    let events = stage.events(namespace, &about).await?;
                    let [event] = &events[..] else { anyhow::bail!("{} events", events.len()) };
                    ensure!(event.reason.as_deref() == Some("SealingKeyRefused"), "{event:?}");
                    ensure!(event.type_.as_deref() == Some("Warning"), "{event:?}");
                    Ok(())
                })
                .await?;
                let counted = format!("key_refusals{{reason=\"{reason}\"}}");
                ensure!(gauge(&pod, &counted).await? == 1, "{reason}");
            }
            let (code, said) = get(&format!("{}/readyz?verbose", pod.url())).await?;
            ensure!(code == 200 && said.contains("1 active") && said.contains(", 6 refused"), "{said}");
            // None of them disturbs the valid key.
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stop(pod).await?;

            // Reported once: the API server still has the events when another process reports them again.
            let pod = stage.start().await?;
            tokio::time::sleep(A_WHILE).await;
            let found = stage.events(HOME, "involvedObject.kind=Secret,involvedObject.name=small").await?;
            ensure!(found.len() == 1, "{} events", found.len());

            // A corrected key counts; a deleted one is not counted any more.
            person.apply(&fixture("mismatched", A[0], A[1])).await?;
            for (_, secret) in refused.iter().filter(|(reason, _)| *reason != "mismatched") {
                let namespace = secret["metadata"]["namespace"].as_str().unwrap_or_default();
                person
                    .delete_secret(namespace, secret["metadata"]["name"].as_str().unwrap_or_default())
                    .await?;
            }
            eventually(SOON, "nothing is refused", async || {
                let (_, said) = get(&format!("{}/readyz?verbose", pod.url())).await?;
                ensure!(said.contains(": 2 active") && said.contains(", 0 refused"), "{said}");
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}
