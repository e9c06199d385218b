//! What the tests use: the Python program, a SealedSecret that it makes, `age`, and our kubeseal.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::binaries::Binaries;
use tests::process::cli::Cli;
use tests::programs::Programs;
use tests::programs::own::python::Python;
use tests::programs::program::Program as Other;
use tests::test::suite::Stage;
use tests::workspace;

/// The annotation that has the groups of recipients.
pub(crate) const ANNOTATION: &str = "sealedsecrets.bitnami.com/recipients";

/// The Python program, and programs that do the same. Nothing of them runs between two tests.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) python: Python,
    pub(crate) age: Cli,
    pub(crate) age_keygen: Cli,
    pub(crate) kubeseal: Cli,
}

impl Stage for Program {
    async fn stop(&self) -> Result<()> {
        Ok(())
    }
}

impl Program {
    pub(crate) fn ready() -> Result<Self> {
        let python = Python::ready("recipients")?;
        let programs = Programs::ready(&Other::AGE)?;
        Ok(Self {
            python,
            age: Cli::new(programs.path(Other::Age)?),
            age_keygen: Cli::new(programs.path(Other::AgeKeygen)?),
            kubeseal: Cli::new(&Binaries::ready()?.kubeseal),
        })
    }

    /// The SealedSecret `shop/db` with `items` (each in base64), for the clusters `a` and `b` of the envelope's test keys and
    /// for `age`.
    pub(crate) fn make(&self, scope: &str, age: &str, items: &Value) -> Result<Value> {
        let description = json!({
            "name": "db",
            "namespace": "shop",
            "scope": scope,
            "recipients": [read(&cluster("a.crt.pem"))?, read(&cluster("b.crt.pem"))?, age],
            "items": items,
        });
        let made = self.python.run("recipients.py", &["make"], description.to_string().as_bytes())?;
        serde_json::from_str(&made).context("`make` printed no JSON")
    }

    /// What `open` prints of a SealedSecret, with these keys.
    pub(crate) fn open(&self, keys: &[&str], sealed_secret: &str) -> Result<Value> {
        let arguments = [&["open"], keys].concat();
        let opened = self.python.run("recipients.py", &arguments, sealed_secret.as_bytes())?;
        serde_json::from_str(&opened).context("`open` printed no JSON")
    }
}

/// What `open` prints of items that all open by their entries. The values are in base64.
pub(crate) fn opened_by_entries(items: &Value) -> Value {
    let values = items.as_object().into_iter().flatten();
    values.map(|(name, value)| (name.clone(), json!({ "by": "entry", "value": value }))).collect()
}

/// The path of a file of the envelope's test keys.
pub(crate) fn cluster(file: &str) -> String {
    format!("crates/envelope/tests/keys/{file}")
}

/// The text of a file of the checkout.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(workspace::root().join(path)).with_context(|| path.to_owned())
}

/// The annotation of a SealedSecret, as JSON.
pub(crate) fn annotation(sealed_secret: &Value) -> Result<Value> {
    let text = sealed_secret["metadata"]["annotations"][ANNOTATION].as_str().context("no annotation")?;
    serde_json::from_str(text).context("the annotation is no JSON")
}
