//! A tenant who may only edit SealedSecrets in the namespace where a second controller keeps its keys. The first
//! controller, which watches that namespace too, must not create a key there for the tenant.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{DEFAULT_PREFIX, LABEL};
use envelope::{KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use serde_json::{Value, json};
use tests::process::cli::Cli;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;

use crate::stage::{Scene, Stage, started, stop};

/// A key pair of the tenant's, newer than any other: private key and certificate, as PEM.
fn own_key() -> Result<(String, String)> {
    let private = PrivateKey::generate(KeySize::Rsa2048)?;
    let now = Timestamp::now().checked_add(SignedDuration::from_secs(60))?;
    let certificate = issue(&mut SysRng, &private, "", now, SignedDuration::from_hours(1))?;
    Ok((private.to_pkcs1_pem()?.to_string(), certificate.to_pem()))
}

/// A key's Secret, as YAML or JSON that can be sealed.
fn key_secret(namespace: &str, name: &str, labels: &Value, (private, certificate): (&str, &str)) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "namespace": namespace, "name": name, "labels": labels },
        "stringData": { "tls.key": private, "tls.crt": certificate },
    })
}

pub(crate) async fn installs_no_key_in_another_controllers_namespace(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |home| {
                let other = scene.in_another_home(home).await?;
                let one = started(scene.pod()?.flag("additional-namespaces", home), &scene.lab).await?;
                let two = started(other.pod()?, &scene.lab).await?;
                let (public, served) = (scene.certificate(&one).await?, scene.certificate(&two).await?);
                let (private, own) = own_key()?;
                let tries = [
                    ("active", json!({ LABEL: "active" }), (private.as_str(), own.as_str())),
                    ("compromised", json!({ LABEL: "compromised" }), ("", served.as_str())),
                    (DEFAULT_PREFIX, json!({}), (private.as_str(), own.as_str())),
                ];
                for (name, labels, halves) in &tries {
                    let secret = key_secret(home, name, labels, *halves);
                    scene.person.apply(&sealed(scene, &public, &secret).await?).await?;
                }
                for (name, _, _) in &tries {
                    let refused = format!("namespace={home} name={name} reason=SealingKey");
                    eventually(Duration::from_secs(30), &format!("{name} is refused"), async || {
                        one.logs()?.contains(&refused).then_some(()).context("not yet")
                    })
                    .await?;
                    scene.person.sees_no_secret(home, name).await?;
                }
                ensure!(scene.certificate(&two).await? == served, "the tenant's certificate is served");
                ensure!(other.keys().await?.len() == 1, "a key was added");
                stop(two).await?;
                stop(one).await
            })
            .await
        })
        .await
}

async fn sealed(scene: &Scene, certificate: &str, secret: &Value) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cert.pem");
    std::fs::write(&path, certificate)?;
    let path = path.display().to_string();
    let kubeseal = Cli::new(&scene.lab.binaries.kubeseal);
    let sealed = kubeseal.output(&["--cert", &path], secret.to_string().as_bytes()).await?;
    Ok(serde_json::from_slice(&sealed)?)
}
