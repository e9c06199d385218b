//! Wrapped sealing keys: the committed vectors and those that the Python program writes, what one implementation wraps and the other opens,
//! and texts that are almost `wrapped.json`.

use std::fs;
use std::sync::Arc;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, KeyPair};
use key_wrapping::{AgeIdentity, KeyProviders, ProviderEnvironment, WrappedKey, connect};
use serde_json::Value;
use tests::workspace;

use crate::stage::{Program, cluster, read};
use crate::{refused, vectors};

const PROGRAM: &str = "wrapped_keys.py";
const VECTORS: &str = "crates/key-wrapping/tests";

pub(crate) async fn vectors_are_what_python_writes(program: Arc<Program>) -> Result<()> {
    vectors::compare(&program, PROGRAM, VECTORS)
}

pub(crate) async fn python_opens_what_rust_wraps(program: Arc<Program>) -> Result<()> {
    let (identity, other) = (Identity::generate(), Identity::generate());
    let recipients = [&other, &identity].map(|identity| identity.to_public().to_string());
    let providers =
        recipients.iter().map(|recipient| Ok(connect(&recipient.parse()?, &ProviderEnvironment::default())?));
    let providers = KeyProviders::new("prod".parse()?, providers.collect::<Result<_>>()?, Vec::new());
    let pair = pair()?;
    let wrapped = providers.wrap(&pair, "2026-01-02T03:04:05.6Z".parse()?).await?;
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), identity.to_string().expose_secret())?;
    let arguments = [
        "open",
        "--certificate",
        &path("a.crt.pem"),
        "--cluster",
        "prod",
        "--identity",
        &file.path().display().to_string(),
    ];
    let opened: Value =
        serde_json::from_str(&program.python.run(PROGRAM, &arguments, &wrapped.to_json())?)?;
    ensure!(opened["how"] == "opens" && opened["slotsChanged"] == false, "{}", opened["how"]);
    let private = BASE64_STANDARD.decode(opened["privateKey"].as_str().context("no private key")?)?;
    ensure!(private == *pair.private().to_pkcs8_der()?, "another private key");
    Ok(())
}

pub(crate) async fn rust_opens_what_python_wraps(program: Arc<Program>) -> Result<()> {
    let (identity, other) = (Identity::generate(), Identity::generate());
    let recipients = [&other, &identity].map(|identity| identity.to_public().to_string());
    let (certificate, key) = (path("a.crt.pem"), path("a.pkcs8.pem"));
    let arguments = [
        "wrap",
        "--certificate",
        &certificate,
        "--private-key",
        &key,
        "--cluster",
        "prod",
        "--since",
        "2026-01-02T03:04:05Z",
    ];
    let arguments = [&arguments[..], &recipients.each_ref().map(String::as_str)].concat();
    let wrapped = program.python.run(PROGRAM, &arguments, b"")?;
    let wrapped = WrappedKey::from_json(wrapped.as_bytes())?;
    let other = connect(&recipients[0].parse()?, &ProviderEnvironment::default())?;
    let providers =
        KeyProviders::new("prod".parse()?, vec![other, Arc::new(AgeIdentity::new(identity))], Vec::new());
    let certificate = Certificate::from_pem(&read(&cluster("a.crt.pem"))?)?;
    let unwrapped = providers.unwrap(&wrapped, certificate).await?;
    ensure!(unwrapped.slots.is_as_configured(), "{}", unwrapped.slots);
    ensure!(
        *unwrapped.pair.private().to_pkcs8_der()? == *pair()?.private().to_pkcs8_der()?,
        "another private key"
    );
    Ok(())
}

pub(crate) async fn both_read_the_same_texts(program: Arc<Program>) -> Result<()> {
    let vector = read(&format!("{VECTORS}/vectors/several-providers.vector"))?;
    let mut document: Value = serde_json::from_str(vector.split("\n\n").nth(1).context("no document")?)?;
    // Most changes would hit the long values.
    document["privateKey"] = "AAAA".into();
    for slot in document["slots"].as_array_mut().into_iter().flatten() {
        slot["wrapped"] = "AAAA".into();
    }
    refused::compare(&program, PROGRAM, &document.to_string(), |text| {
        WrappedKey::from_json(text.as_bytes()).map(drop).map_err(|error| error.to_string())
    })
}

fn pair() -> Result<KeyPair> {
    Ok(KeyPair::from_pem(&read(&cluster("a.pkcs8.pem"))?, &read(&cluster("a.crt.pem"))?)?)
}

fn path(file: &str) -> String {
    workspace::root().join(cluster(file)).display().to_string()
}
