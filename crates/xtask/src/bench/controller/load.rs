//! The objects that controllers are given: SealedSecrets, and the Secrets of sealing keys. Applying them is for `site`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use api::sealing_key;
use envelope::{KeySize, PrivateKey, issue};
use harness::process::cli::Cli;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A sealing key: its certificate in a file, and its Secret.
pub(super) struct Key {
    certificate: PathBuf,
    /// In the form that both controllers read.
    pub secret: Value,
}

impl Key {
    /// Of the size that controllers make by default.
    pub(super) fn new(dir: &TempDir, number: usize) -> Result<Self> {
        let key = PrivateKey::generate(KeySize::Rsa4096)?;
        let issued =
            issue(&mut rand::rng(), &key, "", Timestamp::now(), SignedDuration::from_hours(24 * 3650))?;
        let certificate = dir.path().join(format!("{number}.pem"));
        std::fs::write(&certificate, issued.to_pem()).context("cannot write a certificate")?;
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": sealing_key::SECRET_TYPE,
            "metadata": { "name": format!("bench-key-{number:02}"), "labels": { sealing_key::LABEL: sealing_key::ACTIVE } },
            "stringData": { "tls.crt": issued.to_pem(), "tls.key": &*key.to_pkcs1_pem()? },
        });
        Ok(Self { certificate, secret })
    }
}

/// `count` SealedSecrets of `items` values each, sealed strictly, by `kubeseal`, to one key after the other.
pub(super) async fn sealed(
    kubeseal: &Cli,
    keys: &[Key],
    (count, items): (usize, usize),
    namespace: &str,
) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for (turn, key) in keys.iter().enumerate() {
        let mut documents = String::new();
        for number in (turn..count).step_by(keys.len()) {
            let values: serde_json::Map<_, _> = (0..items)
                .map(|item| (format!("item-{item}"), json!(format!("value {item} of {number}"))))
                .collect();
            let secret = json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": { "name": format!("s{number}"), "namespace": namespace },
                "stringData": values,
            });
            writeln!(documents, "---\n{secret}")?;
        }
        if documents.is_empty() {
            continue;
        }
        let certificate = key.certificate.display().to_string();
        let out =
            kubeseal.output(&["--cert", &certificate, "--format", "json"], documents.as_bytes()).await?;
        for document in serde_json::Deserializer::from_slice(&out).into_iter::<Value>() {
            all.push(document.context("kubeseal wrote no JSON")?);
        }
    }
    Ok(all)
}
