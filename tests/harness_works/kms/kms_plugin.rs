//! The KMS v2 plugin, called by its own client and by kube-apiserver.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};
use tests::control_plane::ControlPlane;
use tests::kms::kms_plugin::{FIRST_KEY, KmsPlugin, PluginFault};
use tests::lab::Lab;

use crate::kms::PLAINTEXT;

pub(crate) async fn decrypts_nothing_without_its_annotation(_: Arc<Lab>) -> Result<()> {
    let plugin = KmsPlugin::start_new().await?;
    let encrypted = plugin.call("encrypt", &json!({ "plaintext": PLAINTEXT, "uid": "one" })).await?;
    ensure!(encrypted["keyId"] == FIRST_KEY, "encrypted under {}", encrypted["keyId"]);
    plugin.rotate("second")?;
    let status = plugin.call("status", &json!({})).await?;
    ensure!(status == json!({ "version": "v2", "healthz": "ok", "keyId": "second" }), "{status}");

    // The old key still decrypts, also after a restart.
    plugin.stop().await?;
    ensure!(plugin.call("decrypt", &encrypted).await.is_err(), "it answers when stopped");
    plugin.start().await?;
    let decrypted = plugin.call("decrypt", &encrypted).await?;
    ensure!(decrypted["plaintext"] == PLAINTEXT, "another plaintext");

    for (field, value) in [
        ("annotations", json!({})),
        ("annotations", json!({ "nonce.kms-plugin.test": "AAAAAAAAAAAAAAAA" })),
        ("keyId", json!("second")),
        ("ciphertext", json!("AAAA")),
    ] {
        let mut changed = encrypted.clone();
        changed[field] = value;
        let refused = plugin.call("decrypt", &changed).await.err();
        let refused = format!("{:#}", refused.with_context(|| format!("decrypted with other {field}"))?);
        ensure!(refused.contains("InvalidArgument"), "{field}: {refused}");
    }
    plugin.destroy_key(FIRST_KEY)?;
    ensure!(plugin.call("decrypt", &encrypted).await.is_err(), "decrypted under a destroyed key");
    ensure!(plugin.count("Decrypt")? == 6 && plugin.calls()?[0].uid == "one", "{:?}", plugin.calls()?);
    Ok(())
}

pub(crate) async fn misbehaves_as_told(_: Arc<Lab>) -> Result<()> {
    let plugin = KmsPlugin::start_new().await?;
    let request = json!({ "plaintext": PLAINTEXT });
    let right = plugin.call("encrypt", &request).await?;
    let length = |value: &Value| value.as_str().map_or(0, str::len);
    for (fault, method, is_wrong) in [
        (PluginFault::Unhealthy, "status", (|it| it["healthz"] != "ok") as fn(&Value) -> bool),
        (PluginFault::OtherVersion, "status", |it| it["version"] == "v3"),
        (PluginFault::EmptyKeyId, "status", |it| it.get("keyId").is_none()),
    ] {
        plugin.set_fault(Some(fault))?;
        let response = plugin.call(method, &json!({})).await?;
        ensure!(is_wrong(&response), "{fault:?}: {response}");
    }
    plugin.set_fault(Some(PluginFault::EmptyCiphertext))?;
    ensure!(plugin.call("encrypt", &request).await?.get("ciphertext").is_none(), "a ciphertext");
    plugin.set_fault(Some(PluginFault::LongCiphertext))?;
    ensure!(length(&plugin.call("encrypt", &request).await?["ciphertext"]) > 1024 * 4 / 3, "short");
    plugin.set_fault(Some(PluginFault::LongKeyId))?;
    ensure!(length(&plugin.call("encrypt", &request).await?["keyId"]) == 1025, "short");
    plugin.set_fault(Some(PluginFault::BadAnnotationName))?;
    let annotations = plugin.call("encrypt", &request).await?["annotations"].clone();
    ensure!(annotations.get("no domain name").is_some(), "{annotations}");
    plugin.set_fault(Some(PluginFault::LongAnnotations))?;
    ensure!(plugin.call("encrypt", &request).await?["annotations"].to_string().len() > 32 << 10, "short");
    plugin.set_fault(Some(PluginFault::OtherPlaintext))?;
    ensure!(plugin.call("decrypt", &right).await?["plaintext"] != PLAINTEXT, "the plaintext");
    plugin.set_fault(Some(PluginFault::Denied))?;
    ensure!(plugin.call("decrypt", &right).await.is_err(), "decrypted");
    plugin.set_fault(Some(PluginFault::Hang))?;
    let hung =
        tokio::time::timeout(std::time::Duration::from_secs(2), plugin.call("status", &json!({}))).await;
    ensure!(hung.is_err(), "an answer");
    plugin.set_fault(None)?;
    ensure!(plugin.call("decrypt", &right).await?["plaintext"] == PLAINTEXT, "not right again");
    Ok(())
}

/// The API server is a client of the plugin's socket too.
pub(crate) async fn serves_the_api_server_too(lab: Arc<Lab>) -> Result<()> {
    let plugin = KmsPlugin::start_new().await?;
    let control_plane = ControlPlane::start_encrypted(&lab.programs, &plugin.socket()).await?;
    let canary = "canary-52c1e0";
    let secrets: Api<Secret> = Api::namespaced(control_plane.client(), "default");
    let secret = json!({ "metadata": { "name": "db" }, "stringData": { "password": canary } });
    secrets.create(&PostParams::default(), &serde_json::from_value(secret)?).await?;
    let read = secrets.get("db").await?.data.unwrap_or_default().remove("password").context("no password")?;
    ensure!(read.0 == canary.as_bytes(), "another password");
    ensure!(plugin.count("Encrypt")? > 0, "{:?}", plugin.calls()?);

    let database = std::fs::read(control_plane.dir().join("etcd/member/snap/db"))?;
    let wal = std::fs::read_dir(control_plane.dir().join("etcd/member/wal"))?;
    let mut stored = database;
    for file in wal {
        stored.extend(std::fs::read(file?.path())?);
    }
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    ensure!(holds("k8s:enc:kms:v2:plugin:") && !holds(canary), "etcd holds the plaintext, or no ciphertext");
    control_plane.stop().await
}
