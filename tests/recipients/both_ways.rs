//! What one implementation seals, the other opens.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use anyhow::{Context as _, Result, ensure};
use api::SealedSecret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, KeyPair, Plaintext};
use jiff::Timestamp;
use rand::rngs::SysRng;
use sealing::{
    Accepted, KeyRing, OtherRecipient, Outside, SealFor, SealingKey, SecretToSeal, seal_secret_for, unseal,
};
use serde_json::{Value, json};
use tests::workspace;

use crate::stage::{Program, cluster, opened_by_entries, read};

/// Each scope, with the annotation that asks for it.
pub(crate) const SCOPES: [(&str, Option<&str>); 3] = [
    ("strict", None),
    ("namespace-wide", Some("sealedsecrets.bitnami.com/namespace-wide")),
    ("cluster-wide", Some("sealedsecrets.bitnami.com/cluster-wide")),
];

/// Items in base64: a text, bytes that are no text, and nothing.
pub(crate) fn items() -> Value {
    json!({ "password": "aHVudGVyMg==", "tls.key": "AAH+/w==", "empty": "" })
}

pub(crate) async fn python_opens_what_rust_seals(program: Arc<Program>) -> Result<()> {
    let identity = Identity::generate();
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("identity.txt"), identity.to_string().expose_secret())?;
    for name in ["a", "b"] {
        let pem =
            read(&cluster(&format!("{name}.pkcs8.pem")))? + &read(&cluster(&format!("{name}.crt.pem")))?;
        fs::write(path(name), pem)?;
    }
    let without_certificate = workspace::root().join(cluster("b.pkcs8.pem")).display().to_string();
    for (scope, annotation) in SCOPES {
        let sealed_secret = serde_json::to_string(&seal(annotation, &identity)?)?;
        for keys in [
            ["--private-key", &path("a")],
            ["--private-key", &path("b")],
            ["--private-key", &without_certificate],
            ["--identity", &path("identity.txt")],
        ] {
            let opened = program.open(&keys, &sealed_secret)?;
            ensure!(opened["annotation"] == "read", "{scope}: the annotation is {}", opened["annotation"]);
            ensure!(
                opened["items"] == opened_by_entries(&items()),
                "{scope}: {keys:?} open {}",
                opened["items"]
            );
        }
    }
    Ok(())
}

pub(crate) async fn rust_unseals_what_python_seals(program: Arc<Program>) -> Result<()> {
    let recipient = Identity::generate().to_public().to_string();
    for (scope, _) in SCOPES {
        let sealed: SealedSecret = serde_json::from_value(program.make(scope, &recipient, &items())?)?;
        for name in ["a", "b"] {
            let (key, certificate) =
                (cluster(&format!("{name}.pkcs8.pem")), cluster(&format!("{name}.crt.pem")));
            let pair = KeyPair::from_pem(&read(&key)?, &read(&certificate)?)?;
            let ring = KeyRing::new([Arc::new(SealingKey::new(name.to_owned(), pair))]);
            let accepted = Accepted { deprecated_data: false };
            let mut random = |bytes: &mut [u8]| bytes.fill(0);
            let outside = Outside { now: Timestamp::UNIX_EPOCH, random: &mut random };
            let secret = unseal(&sealed.metadata, &sealed.spec, &ring, &[], accepted, outside)
                .with_context(|| format!("{scope}: {name}"))?;
            let data = secret.data.iter();
            let data: Value =
                data.map(|(item, value)| (item.clone(), BASE64_STANDARD.encode(value.expose()))).collect();
            ensure!(data == items(), "{scope}: {name} opens other items");
        }
    }
    Ok(())
}

/// The SealedSecret `shop/db`, for the clusters `a` and `b` and for the identity.
fn seal(annotation: Option<&str>, identity: &Identity) -> Result<SealedSecret> {
    let (a, b) = (
        Certificate::from_pem(&read(&cluster("a.crt.pem"))?)?,
        Certificate::from_pem(&read(&cluster("b.crt.pem"))?)?,
    );
    let public = identity.to_public();
    let encrypt = |key: &[u8]| age::encrypt(&public, key).ok();
    let to = SealFor {
        first: &a,
        others: vec![
            OtherRecipient::Certificate(&b),
            OtherRecipient::Age { recipient: public.to_string().parse()?, encrypt: &encrypt },
        ],
    };
    let annotations: BTreeMap<_, _> = annotation.into_iter().map(|name| (name, "true")).collect();
    let metadata = json!({ "name": "db", "namespace": "shop", "annotations": annotations });
    let mut data = BTreeMap::new();
    for (name, value) in items().as_object().into_iter().flatten() {
        let value = BASE64_STANDARD.decode(value.as_str().context("not a text")?)?;
        data.insert(name.clone(), Plaintext::new(value));
    }
    let secret =
        SecretToSeal { metadata: serde_json::from_value(metadata)?, type_: None, immutable: None, data };
    Ok(seal_secret_for(&mut SysRng, &to, &secret)?)
}
