//! The day on which all clusters are lost: `age -d` and the thirty lines of `open_with_object_key.py` open what is left.

use std::fs;
use std::sync::Arc;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::stage::{Program, annotation, opened_by_entries};

pub(crate) async fn opens_without_a_cluster(program: Arc<Program>) -> Result<()> {
    let identity = Identity::generate();
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("identity.txt"), identity.to_string().expose_secret())?;
    let items = json!({ "password": "aHVudGVyMg==", "tls.key": "AAH+/w==", "empty": "" });
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let sealed_secret = program.make(scope, &identity.to_public().to_string(), &items)?;
        fs::write(path("db.json"), sealed_secret.to_string())?;
        let object_key = decrypt(&identity, &annotation(&sealed_secret)?)?;
        let data = program.python.run("open_with_object_key.py", &[&path("db.json")], &object_key)?;
        ensure!(serde_json::from_str::<Value>(&data)? == items, "{scope}: other items came out");

        let opened = program.open(&["--identity", &path("identity.txt")], &sealed_secret.to_string())?;
        ensure!(
            opened["items"] == opened_by_entries(&items),
            "{scope}: the identity opens {}",
            opened["items"]
        );
    }
    Ok(())
}

/// What `age -d` gives for the entry of the identity.
fn decrypt(identity: &Identity, document: &Value) -> Result<Vec<u8>> {
    let entries = document["groups"][0]["to"].as_array().context("no entries")?;
    let entry = entries.iter().find(|entry| entry["age"].is_string()).context("no entry of age")?;
    let key = BASE64_STANDARD.decode(entry["key"].as_str().context("no key")?)?;
    age::decrypt(identity, &key).context("the entry does not open")
}
