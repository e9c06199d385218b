//! The programs `age` and `age-keygen`, whose identities and files a user has: what they encrypt opens here, and what is encrypted here opens
//! there.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::both_ways::{SCOPES, items};
use crate::stage::{ANNOTATION, Program, annotation, opened_by_entries};

/// An identity that `age-keygen` made, in a file.
struct Identity {
    folder: TempDir,
    recipient: String,
}

impl Identity {
    async fn make(program: &Program) -> Result<Self> {
        let made = Self { folder: tempfile::tempdir()?, recipient: String::new() };
        program.age_keygen.output(&["-o", &made.path("identity.txt")], b"").await?;
        let recipient = program.age_keygen.output(&["-y", &made.path("identity.txt")], b"").await?;
        Ok(Self { recipient: String::from_utf8(recipient)?.trim().to_owned(), ..made })
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// What `age --decrypt` gives for the entry of the identity.
    async fn decrypt(&self, program: &Program, sealed_secret: &Value) -> Result<Vec<u8>> {
        let mut document = annotation(sealed_secret)?;
        let key = entry_of_age(&mut document)?["key"].as_str().context("no key")?;
        let decrypt = ["--decrypt", "--identity", &self.path("identity.txt")];
        program.age.output(&decrypt, &BASE64_STANDARD.decode(key)?).await
    }

    /// Fails unless all items open with the identity, in both implementations of this project.
    async fn opens(&self, program: &Program, sealed_secret: &Value) -> Result<()> {
        let (text, file) = (sealed_secret.to_string(), self.path("identity.txt"));
        let opened = program.open(&["--identity", &file], &text)?;
        ensure!(opened["items"] == opened_by_entries(&items()), "Python opens {}", opened["items"]);
        let unseal = ["--recovery-unseal", "--identity", &file];
        let secret = program.kubeseal.output(&unseal, text.as_bytes()).await?;
        let secret: Value = serde_json::from_slice(&secret)?;
        ensure!(secret["data"] == items(), "kubeseal-rs opens other items");
        Ok(())
    }
}

/// The day on which all clusters are lost: `age --decrypt` and the thirty lines of `open_with_object_key.py` open what is left.
pub(crate) async fn opens_without_a_cluster(program: Arc<Program>) -> Result<()> {
    let identity = Identity::make(&program).await?;
    for (scope, _) in SCOPES {
        let sealed_secret = program.make(scope, &identity.recipient, &items())?;
        fs::write(identity.path("db.json"), sealed_secret.to_string())?;
        let object_key = identity.decrypt(&program, &sealed_secret).await?;
        let data =
            program.python.run("open_with_object_key.py", &[&identity.path("db.json")], &object_key)?;
        ensure!(serde_json::from_str::<Value>(&data)? == items(), "{scope}: other items came out");
        identity.opens(&program, &sealed_secret).await.with_context(|| scope.to_owned())?;
    }
    Ok(())
}

pub(crate) async fn opens_what_the_program_encrypted(program: Arc<Program>) -> Result<()> {
    let identity = Identity::make(&program).await?;
    for (scope, _) in SCOPES {
        let mut sealed_secret = program.make(scope, &identity.recipient, &items())?;
        let object_key = identity.decrypt(&program, &sealed_secret).await?;
        let by_age = program.age.output(&["--recipient", &identity.recipient], &object_key).await?;
        let mut document = annotation(&sealed_secret)?;
        entry_of_age(&mut document)?["key"] = json!(BASE64_STANDARD.encode(by_age));
        sealed_secret["metadata"]["annotations"][ANNOTATION] = json!(document.to_string());
        identity.opens(&program, &sealed_secret).await.with_context(|| scope.to_owned())?;
    }
    Ok(())
}

fn entry_of_age(document: &mut Value) -> Result<&mut Value> {
    let entries = document["groups"][0]["to"].as_array_mut().context("no entries")?;
    entries.iter_mut().find(|entry| entry["age"].is_string()).context("no entry of age")
}
