//! What every provider does, whatever its service is. The tests of each call these.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use key_wrapping::{
    Binding, Context, DataKey, KeyProviders, KeyWrapper, ProviderEnvironment, ProviderError,
    ProviderErrorKind, Slot, connect,
};
use tests::test::eventually::eventually;

const RECOVERS: Duration = Duration::from_secs(30);

/// The provider that a flag names.
pub(crate) fn provider(flag: &str, environment: &ProviderEnvironment) -> Result<Arc<dyn KeyWrapper>> {
    let spec = flag.parse().with_context(|| flag.to_owned())?;
    connect(&spec, environment).with_context(|| flag.to_owned())
}

pub(crate) fn data_key() -> Result<DataKey> {
    DataKey::take(rand::random::<[u8; 32]>().to_vec()).context("not a data key")
}

pub(crate) fn context() -> Result<Context> {
    let (fingerprint, cluster_name) = ("ab".repeat(32).parse()?, "prod".parse()?);
    Ok(Context { fingerprint, cluster_name, since: "2026-01-02T03:04:05Z".parse()? })
}

/// The provider opens what it wrapped, refuses what was changed, and refuses `bound`, contexts that differ from [`context`] in what it
/// binds. Returns a slot.
pub(crate) async fn fulfils(provider: &Arc<dyn KeyWrapper>, bound: &[Context]) -> Result<Slot> {
    let (slot, context) = (opens(provider, bound).await?, context()?);
    let data_key = provider.unwrap(&slot, &context).await?;
    let again = provider.wrap(&data_key, &context).await?;
    ensure!(again.wrapped != slot.wrapped, "one data key gave the same ciphertext twice");

    // Before its last 48 bytes, 32 encrypted ones and their tag, a service may have what it does not authenticate.
    let last = slot.wrapped.len() - 1;
    for at in [last - 40, last - 20, last] {
        let mut wrapped = slot.wrapped.clone();
        wrapped[at] ^= 1;
        let error = fails(provider, &Slot { wrapped, ..slot.clone() }, &context).await.context("changed")?;
        ensure!(error.kind == ProviderErrorKind::Refused, "changed at {at}: {error:?}");
    }
    let cut = Slot { wrapped: slot.wrapped[..last].to_vec(), ..slot.clone() };
    let error = fails(provider, &cut, &context).await.context("cut")?;
    ensure!(error.kind == ProviderErrorKind::Refused, "cut: {error:?}");
    Ok(slot)
}

/// The provider opens what it wrapped, and refuses it in the contexts `bound`. Returns a slot.
pub(crate) async fn opens(provider: &Arc<dyn KeyWrapper>, bound: &[Context]) -> Result<Slot> {
    let (data_key, context) = (data_key()?, context()?);
    let slot = provider.wrap(&data_key, &context).await?;
    ensure!(slot.uri == provider.uri().to_string(), "the slot is of {}", slot.uri);
    let opened = provider.unwrap(&slot, &context).await?;
    ensure!(opened.bytes() == data_key.bytes(), "it opened another data key");
    for other in bound {
        let error = fails(provider, &slot, other).await.context("another context")?;
        ensure!(error.kind == ProviderErrorKind::Refused, "{other:?}: {error:?}");
    }
    Ok(slot)
}

/// Contexts that differ in one field each: fingerprint, cluster, date.
pub(crate) fn other_contexts() -> Result<[Context; 3]> {
    let context = context()?;
    Ok([
        Context { fingerprint: "cd".repeat(32).parse()?, ..context.clone() },
        Context { cluster_name: "test".parse()?, ..context.clone() },
        Context { since: "2026-01-02T03:04:06Z".parse()?, ..context },
    ])
}

/// A sealing key.
pub(crate) fn pair() -> Result<KeyPair> {
    let private = PrivateKey::generate(KeySize::Rsa2048)?;
    let (now, validity) = (Timestamp::now(), SignedDuration::from_hours(24));
    let certificate = issue(&mut rand::rngs::SysRng, &private, "", now, validity)?;
    Ok(KeyPair::new(private, certificate)?)
}

/// What the controller finds out at its start about the provider.
pub(crate) async fn probed(provider: &Arc<dyn KeyWrapper>) -> Result<Binding> {
    let providers = KeyProviders::new("prod".parse()?, vec![provider.clone()], Vec::new());
    Ok(providers.probe(&**provider, Timestamp::now()).await?)
}

/// The name of the key with which the provider encrypts now, as the controller finds it out.
pub(crate) async fn current_key_id(provider: &Arc<dyn KeyWrapper>) -> Result<String> {
    let providers = KeyProviders::new("prod".parse()?, vec![provider.clone()], Vec::new());
    Ok(providers.current_key_id(&**provider).await?)
}

/// Why the provider does not open a slot.
pub(crate) async fn fails(
    provider: &Arc<dyn KeyWrapper>,
    slot: &Slot,
    context: &Context,
) -> Result<ProviderError> {
    match provider.unwrap(slot, context).await {
        Ok(_) => bail!("it opened the slot"),
        Err(error) => Ok(error),
    }
}

/// While the service is stopped the provider is unavailable; once it runs again the same provider opens the same slot.
pub(crate) async fn is_lost_and_comes_back(
    provider: &Arc<dyn KeyWrapper>,
    stop: impl AsyncFnOnce() -> Result<()>,
    start: impl AsyncFnOnce() -> Result<()>,
) -> Result<()> {
    let (data_key, context) = (data_key()?, context()?);
    let slot = provider.wrap(&data_key, &context).await?;
    stop().await?;
    let error = fails(provider, &slot, &context).await?;
    ensure!(error.kind == ProviderErrorKind::Unavailable, "{error:?}");
    let error = provider.wrap(&data_key, &context).await.err().context("it wrapped without its service")?;
    ensure!(error.kind == ProviderErrorKind::Unavailable, "{error:?}");
    start().await?;
    let opened = eventually(RECOVERS, "the provider opens again", async || {
        Ok(provider.unwrap(&slot, &context).await?)
    })
    .await?;
    ensure!(opened.bytes() == data_key.bytes(), "it opened another data key");
    Ok(())
}

/// The error, with its causes.
pub(crate) fn in_full(error: ProviderError) -> String {
    format!("{:#}", anyhow::Error::new(error))
}
