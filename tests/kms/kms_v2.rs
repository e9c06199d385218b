//! The provider `kmsv2` with a plugin that is written with Kubernetes' own library for plugins.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use envelope::{Certificate, KeyPair, PrivateKey};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{
    Binding, KeyProviders, KeyWrapper, ProviderEnvironment, ProviderError, Slot, SlotReport, UnwrapError,
    WrappedKey,
};
use kube::Api;
use kube::api::PostParams;
use serde_json::json;
use tests::control_plane::ControlPlane;
use tests::kms::kms_plugin::{FIRST_KEY, KmsPlugin, PluginFault};
use tests::lab::Lab;
use tests::workspace;

use crate::contract;

/// The annotation without which the plugin decrypts nothing.
const NONCE: &str = "nonce.kms-plugin.test";

/// A plugin, its provider, and a sealing key.
struct Site {
    plugin: KmsPlugin,
    provider: Arc<dyn KeyWrapper>,
    pair: KeyPair,
}

impl Site {
    async fn new() -> Result<Self> {
        let plugin = KmsPlugin::start_new().await?;
        let flag = format!("kmsv2:unix://{}", plugin.socket().display());
        let provider = contract::provider(&flag, &ProviderEnvironment::default())?;
        let key = fs::read_to_string(workspace::root().join("crates/envelope/tests/keys/a.pkcs8.pem"))?;
        let pair = KeyPair::new(PrivateKey::from_pem(&key)?, certificate()?)?;
        Ok(Self { plugin, provider, pair })
    }

    /// The providers of a cluster.
    fn cluster(&self, name: &str) -> Result<KeyProviders> {
        Ok(KeyProviders::new(name.parse()?, vec![self.provider.clone()], Vec::new()))
    }

    /// The sealing key, wrapped in the cluster `prod`.
    async fn wrapped(&self) -> Result<WrappedKey> {
        Ok(self.cluster("prod")?.wrap(&self.pair, Timestamp::now()).await?)
    }

    /// Why the cluster `prod` does not unwrap a key. The same call can succeed later.
    async fn fails_for_now(&self, key: &WrappedKey) -> Result<String> {
        let error = self.cluster("prod")?.unwrap(key, certificate()?).await.err();
        let error = error.context("it unwrapped the key")?;
        ensure!(error.is_transient(), "{error}");
        Ok(error.to_string())
    }
}

pub(crate) async fn wraps_and_unwraps(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let key = site.wrapped().await?;
    let [slot] = key.slots() else { anyhow::bail!("{:?}", key.slots()) };
    ensure!(slot.key_id == FIRST_KEY && slot.annotations.keys().eq([NONCE]), "{slot:?}");
    let unwrapped = site.cluster("prod")?.unwrap(&key, certificate()?).await?;
    ensure!(*unwrapped.pair.private().to_pkcs8_der()? == *site.pair.private().to_pkcs8_der()?, "another key");
    ensure!(unwrapped.slots == SlotReport::default(), "{}", unwrapped.slots);
    contract::fulfils(&site.provider, &[]).await?;

    // The plugin takes no context: it opens the slot for another cluster, where the private key does not decrypt.
    ensure!(contract::probed(&site.provider).await? == Binding::Unbound, "it is bound");
    let renamed = String::from_utf8(key.to_json())?.replace("\"prod\"", "\"test\"");
    let renamed = WrappedKey::from_json(renamed.as_bytes())?;
    let Err(UnwrapError::Slots(failures)) = site.cluster("test")?.unwrap(&renamed, certificate()?).await
    else {
        anyhow::bail!("the key of another cluster opened, or its slot did not");
    };
    ensure!(failures.iter().all(|failure| failure.error.is_none()), "{failures:?}");

    let calls = site.plugin.calls()?;
    let uids: BTreeSet<_> = calls.iter().map(|call| &call.uid).collect();
    ensure!(uids.len() == calls.len() && calls.iter().all(|call| !call.uid.is_empty()), "{calls:?}");
    Ok(())
}

pub(crate) async fn a_slot_of_an_older_key_opens_and_is_stale(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let (prod, key) = (site.cluster("prod")?, site.wrapped().await?);
    let stale = async || {
        prod.unwrap(&key, certificate()?).await?;
        let key_id = prod.current_key_id(&*site.provider).await?;
        let current = BTreeMap::from([(site.provider.uri().to_string(), key_id)]);
        anyhow::Ok(key.stale_slots(&current).join(" "))
    };
    ensure!(stale().await?.is_empty(), "a new slot is stale");
    site.plugin.rotate("second")?;
    ensure!(stale().await? == site.provider.uri().to_string(), "the slot is not stale");
    let again = site.wrapped().await?;
    ensure!(again.slots()[0].key_id == "second", "{:?}", again.slots());

    site.plugin.destroy_key(FIRST_KEY)?;
    prod.unwrap(&again, certificate()?).await?;
    let error = site.fails_for_now(&key).await?;
    ensure!(error.ends_with("it answers NotFound: no key has the ID \"first\""), "{error}");
    Ok(())
}

pub(crate) async fn a_changed_slot_is_refused(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    site.plugin.rotate("second")?;
    let slot = site.provider.wrap(&contract::data_key()?, &contract::context()?).await?;
    let nonce = BTreeMap::from([(NONCE.to_owned(), vec![0; 12])]);
    let changed = "the ciphertext, its key ID or its annotations were changed";
    let cases = [
        (Slot { key_id: FIRST_KEY.to_owned(), ..slot.clone() }, changed),
        (Slot { annotations: nonce, ..slot.clone() }, changed),
        (
            Slot { annotations: BTreeMap::new(), ..slot.clone() },
            "the annotation nonce.kms-plugin.test is missing",
        ),
    ];
    for (slot, expected) in cases {
        let error = shown(site.provider.unwrap(&slot, &contract::context()?).await)?;
        ensure!(error == format!("Refused: it answers InvalidArgument: {expected}"), "{error}");
    }
    // These are not sent.
    let decrypts = site.plugin.count("Decrypt")?;
    for (slot, expected) in [
        (Slot { key_id: String::new(), ..slot.clone() }, "its key_id is empty"),
        (Slot { wrapped: vec![1; 1_025], ..slot }, "its ciphertext is longer than 1,024 bytes"),
    ] {
        let error = shown(site.provider.unwrap(&slot, &contract::context()?).await)?;
        ensure!(error == format!("Refused: no plugin gave this slot: {expected}"), "{error}");
    }
    ensure!(site.plugin.count("Decrypt")? == decrypts, "{:?}", site.plugin.calls()?);
    Ok(())
}

pub(crate) async fn is_lost_and_comes_back(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let key = site.wrapped().await?;
    site.plugin.stop().await?;
    let error = site.fails_for_now(&key).await?;
    ensure!(error.contains("cannot connect to its socket"), "{error}");
    // Its socket is another file then.
    site.plugin.start().await?;
    site.cluster("prod")?.unwrap(&key, certificate()?).await?;
    let (stop, start) = (async || site.plugin.stop().await, async || site.plugin.start().await);
    contract::is_lost_and_comes_back(&site.provider, stop, start).await
}

pub(crate) async fn faults_are_named(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let (data_key, context) = (contract::data_key()?, contract::context()?);
    let slot = site.provider.wrap(&data_key, &context).await?;
    for (fault, expected) in [
        (
            PluginFault::Unhealthy,
            "Unavailable: it says that it does not work: the key management service does not answer",
        ),
        (PluginFault::OtherVersion, "Garbage: it has version \"v3\" of the API, and not v2"),
        (PluginFault::EmptyKeyId, "Garbage: its key_id is empty"),
        (PluginFault::LongKeyId, "Garbage: its key_id is longer than 1,024 bytes"),
    ] {
        site.plugin.set_fault(Some(fault))?;
        let error = shown(site.provider.current_key_id().await)?;
        ensure!(error == expected, "{fault:?}: {error}");
    }
    for (fault, expected) in [
        (PluginFault::Denied, "Denied: it answers PermissionDenied: the key may not be used"),
        (PluginFault::EmptyCiphertext, "Garbage: its ciphertext is empty"),
        (PluginFault::LongCiphertext, "Garbage: its ciphertext is longer than 1,024 bytes"),
        (PluginFault::EmptyKeyId, "Garbage: its key_id is empty"),
        (PluginFault::LongKeyId, "Garbage: its key_id is longer than 1,024 bytes"),
        (
            PluginFault::BadAnnotationName,
            "Garbage: the name of an annotation is not the name of a domain, as key.example",
        ),
        (PluginFault::LongAnnotations, "Garbage: its annotations are longer than 32,768 bytes"),
    ] {
        site.plugin.set_fault(Some(fault))?;
        let error = shown(site.provider.wrap(&data_key, &context).await)?;
        ensure!(error == expected, "{fault:?}: {error}");
    }
    site.plugin.set_fault(Some(PluginFault::Denied))?;
    let error = shown(site.provider.unwrap(&slot, &context).await)?;
    ensure!(error == "Denied: it answers PermissionDenied: the key may not be used", "{error}");

    // A key that would not open is not stored.
    site.plugin.set_fault(Some(PluginFault::OtherPlaintext))?;
    let error = site.wrapped().await.err().context("it wrapped the key")?.to_string();
    ensure!(error.ends_with("decrypted something else than it had encrypted"), "{error}");
    Ok(())
}

pub(crate) async fn a_plugin_that_never_answers_ends_a_call(_: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let key = site.wrapped().await?;
    site.plugin.set_fault(Some(PluginFault::Hang))?;
    let error = site.fails_for_now(&key).await?;
    ensure!(error.ends_with("it did not answer within 10 seconds"), "{error}");
    site.plugin.set_fault(None)?;
    site.cluster("prod")?.unwrap(&key, certificate()?).await?;
    Ok(())
}

/// The API server encrypts what is in etcd with the same plugin. This shows that the provider is as good a client, and is no example.
pub(crate) async fn the_api_server_is_a_client_of_the_same_socket(lab: Arc<Lab>) -> Result<()> {
    let site = Site::new().await?;
    let control_plane = ControlPlane::start_encrypted(&lab.programs, &site.plugin.socket()).await?;
    let secrets: Api<Secret> = Api::namespaced(control_plane.client(), "default");
    let prod = site.cluster("prod")?;
    for key_id in ["first", "second", "third"] {
        site.plugin.rotate(key_id)?;
        let secret = json!({ "metadata": { "name": key_id }, "stringData": { "password": "hunter2" } });
        let secret = serde_json::from_value(secret)?;
        let params = PostParams::default();
        let (key, created) = tokio::join!(site.wrapped(), secrets.create(&params, &secret));
        created?;
        let key = key?;
        ensure!(key.slots()[0].key_id == key_id, "{:?}", key.slots());
        let (unwrapped, read) = tokio::join!(prod.unwrap(&key, certificate()?), secrets.get(key_id));
        unwrapped?;
        let password = read?.data.and_then(|mut data| data.remove("password")).context("no password")?;
        ensure!(password.0 == b"hunter2", "another password");
    }
    ensure!(contract::probed(&site.provider).await? == Binding::Unbound, "it is bound");
    // The API server encrypts its own keys, and the provider a data key for each sealing key.
    let encrypts = site.plugin.count("Encrypt")?;
    ensure!(encrypts > 3, "{encrypts}");
    control_plane.stop().await
}

/// The certificate of [`Site::pair`].
fn certificate() -> Result<Certificate> {
    let path = workspace::root().join("crates/envelope/tests/keys/a.crt.pem");
    Ok(Certificate::from_pem(&fs::read_to_string(path)?)?)
}

/// The kind of a failure, and its message with its causes.
fn shown<T>(result: Result<T, ProviderError>) -> Result<String> {
    let error = result.err().context("it succeeded")?;
    let kind = error.kind;
    Ok(format!("{kind:?}: {}", contract::in_full(error)))
}
