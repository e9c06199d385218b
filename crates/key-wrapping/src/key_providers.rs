//! [`KeyProviders`]: the configured providers together.

pub(crate) mod error;
pub(crate) mod slot_report;

use crate::format::context::{ClusterName, Context};
use crate::format::data_key::DataKey;
use crate::format::document::WrappedKey;
use crate::format::slot::{Slot, check as check_slots};
use crate::key_providers::error::{SlotFailure, UnwrapError, WrapError};
use crate::key_providers::slot_report::{SlotReport, shown};
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::key_wrapper::{Binding, KeyWrapper};
use envelope::{Certificate, Fingerprint, KeyPair, PrivateKey};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest that one call to a provider may take. The API server gives its KMS plugins as much.
const LONGEST_CALL: Duration = Duration::from_secs(10);

/// The providers of a cluster.
#[derive(Debug, Clone)]
pub struct KeyProviders {
    cluster_name: ClusterName,
    /// New keys are wrapped with all of these.
    wrapping: Vec<Arc<dyn KeyWrapper>>,
    /// These only open keys that were wrapped with them before.
    unwrapping: Vec<Arc<dyn KeyWrapper>>,
}

/// What a wrapped key holds.
#[derive(Debug)]
pub struct Unwrapped {
    /// Both halves, which match.
    pub pair: KeyPair,
    /// The provider that opened it.
    pub opened_by: String,
    /// Whether it is kept as it should be.
    pub slots: SlotReport,
}

impl KeyProviders {
    /// Providers that wrap new keys, and further ones that only open. One that is among both, and opens, is called once.
    #[must_use]
    pub fn new(
        cluster_name: ClusterName,
        wrapping: Vec<Arc<dyn KeyWrapper>>,
        mut unwrapping: Vec<Arc<dyn KeyWrapper>>,
    ) -> Self {
        // An age recipient that wraps does not open, and its identity does.
        let opens = |also: &Arc<dyn KeyWrapper>| {
            wrapping.iter().any(|provider| provider.can_unwrap() && provider.uri() == also.uri())
        };
        unwrapping.retain(|provider| !opens(provider));
        Self { cluster_name, wrapping, unwrapping }
    }

    /// The name of the cluster, to which wrapped keys are bound.
    #[must_use]
    pub fn cluster_name(&self) -> &ClusterName {
        &self.cluster_name
    }

    /// The providers that wrap new keys.
    pub fn wrapping(&self) -> impl Iterator<Item = &Arc<dyn KeyWrapper>> {
        self.wrapping.iter()
    }

    /// Every provider that can open.
    pub fn opening(&self) -> impl Iterator<Item = &Arc<dyn KeyWrapper>> {
        self.wrapping.iter().chain(&self.unwrapping).filter(|provider| provider.can_unwrap())
    }

    /// Wraps a private key with all providers, and has each that can open open it again, so that nothing is stored that does not open.
    pub async fn wrap(&self, pair: &KeyPair, since: Timestamp) -> Result<WrappedKey, WrapError> {
        let context = self.context(pair.certificate(), since);
        let data_key = DataKey::generate()?;
        let private = pair.private().to_pkcs8_der()?;
        let mut slots = Vec::new();
        for provider in &self.wrapping {
            let failed =
                |step| move |source| WrapError::Provider { uri: provider.uri().to_string(), step, source };
            let slot =
                bounded(provider.wrap(&data_key, &context)).await.map_err(failed("did not encrypt"))?;
            if provider.can_unwrap() {
                let opened = bounded(provider.unwrap(&slot, &context)).await;
                let opened = opened.map_err(failed("did not decrypt what it had encrypted"))?;
                if opened.bytes() != data_key.bytes() {
                    return Err(WrapError::Changed(provider.uri().to_string()));
                }
            }
            slots.push(slot);
        }
        check_slots(&slots).map_err(|_| WrapError::TooLong)?;
        Ok(WrappedKey::new(&private, &context, &data_key, slots)?)
    }

    /// Unwraps a key with the first slot that opens. The certificate is the one beside it.
    pub async fn unwrap(&self, key: &WrappedKey, certificate: Certificate) -> Result<Unwrapped, UnwrapError> {
        if key.cluster_name() != &self.cluster_name {
            let (of, here) = (key.cluster_name().clone(), self.cluster_name.clone());
            return Err(UnwrapError::OtherCluster { of, here });
        }
        let context = self.context(&certificate, key.since());
        let mut failures = Vec::new();
        for provider in self.opening() {
            let uri = provider.uri().to_string();
            for slot in key.slots().iter().filter(|slot| slot.uri == uri) {
                match open(&**provider, slot, key, &context).await {
                    Ok((data_key, private)) => {
                        let private =
                            PrivateKey::from_pkcs8_der(&private).map_err(envelope::KeyPairError::from)?;
                        return Ok(Unwrapped {
                            pair: KeyPair::new(private, certificate)?,
                            opened_by: uri,
                            slots: self.report(key, &data_key),
                        });
                    }
                    Err(error) => failures.push(SlotFailure { uri: uri.clone(), error }),
                }
            }
        }
        if failures.is_empty() {
            let uris: Vec<_> = key.slots().iter().map(|slot| shown(&slot.uri)).collect();
            return Err(UnwrapError::NoSlot(uris.join(", ")));
        }
        Err(UnwrapError::Slots(failures))
    }

    /// Whether a provider opens what it encrypted a moment before, and refuses it beside another certificate, and in another cluster. The date
    /// is not asked about: a service may take less of a context than all, and the private key itself is bound to all of it.
    pub async fn probe(&self, provider: &dyn KeyWrapper, now: Timestamp) -> Result<Binding, ProviderError> {
        if !provider.binds_context() || !provider.can_unwrap() {
            return Ok(Binding::Unbound);
        }
        let context = self.context_of_no_key(now);
        let slot = opens_again(provider, &context).await?;
        // One field each, so that a provider that binds only one of them is not taken for bound.
        let others = [
            Context { fingerprint: Fingerprint::from([1; 32]), ..context.clone() },
            Context { cluster_name: self.cluster_name.another(), ..context.clone() },
        ];
        for other in others {
            match bounded(provider.unwrap(&slot, &other)).await {
                Ok(_) => return Ok(Binding::Unbound),
                Err(error) if error.kind == ProviderErrorKind::Refused => {}
                // A policy may allow this cluster alone. It then allows this one at the same moment.
                Err(error)
                    if error.kind == ProviderErrorKind::Denied
                        && other.cluster_name != context.cluster_name =>
                {
                    bounded(provider.unwrap(&slot, &context)).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Binding::Bound)
    }

    /// Encrypts a random data key and decrypts it again: whether the provider works for this identity at this moment.
    pub async fn round_trip(&self, provider: &dyn KeyWrapper) -> Result<(), ProviderError> {
        opens_again(provider, &self.context_of_no_key(Timestamp::UNIX_EPOCH)).await.map(drop)
    }

    /// The name of the key, or of its version, with which a provider encrypts now; and so whether it works. Slots with another one are stale.
    /// One that does not say it encrypts and decrypts, so that it needs no other right than those, and nothing that it lacks is overlooked.
    pub async fn current_key_id(&self, provider: &dyn KeyWrapper) -> Result<String, ProviderError> {
        if let Some(key_id) = bounded(provider.current_key_id()).await? {
            return Ok(key_id);
        }
        let context = self.context_of_no_key(Timestamp::UNIX_EPOCH);
        opens_again(provider, &context).await.map(|slot| slot.key_id)
    }

    fn context(&self, certificate: &Certificate, since: Timestamp) -> Context {
        Context { fingerprint: certificate.fingerprint(), cluster_name: self.cluster_name.clone(), since }
    }

    fn context_of_no_key(&self, since: Timestamp) -> Context {
        Context { fingerprint: Fingerprint::from([0; 32]), cluster_name: self.cluster_name.clone(), since }
    }

    fn report(&self, key: &WrappedKey, data_key: &DataKey) -> SlotReport {
        let configured: Vec<_> = self.wrapping.iter().map(|provider| provider.uri().to_string()).collect();
        SlotReport::new(key, !key.has_its_slots(data_key), &configured)
    }
}

/// The data key of a slot, and the private key that it decrypts. The error is None where only the latter failed.
async fn open(
    provider: &dyn KeyWrapper,
    slot: &Slot,
    key: &WrappedKey,
    context: &Context,
) -> Result<(DataKey, Zeroizing<Vec<u8>>), Option<ProviderError>> {
    let data_key = bounded(provider.unwrap(slot, context)).await?;
    let private = key.decrypt(&data_key, context).map_err(|_| None)?;
    Ok((data_key, private))
}

/// The slot of a random data key, which opened again.
async fn opens_again(provider: &dyn KeyWrapper, context: &Context) -> Result<Slot, ProviderError> {
    let failed = |_| ProviderError::new(ProviderErrorKind::Unavailable, "the cryptographic library failed");
    let data_key = DataKey::generate().map_err(failed)?;
    let slot = bounded(provider.wrap(&data_key, context)).await?;
    let opened = bounded(provider.unwrap(&slot, context)).await?;
    if opened.bytes() != data_key.bytes() {
        let message = "it decrypted something else than it had encrypted";
        return Err(ProviderError::new(ProviderErrorKind::Garbage, message));
    }
    Ok(slot)
}

async fn bounded<T>(call: BoxFuture<'_, Result<T, ProviderError>>) -> Result<T, ProviderError> {
    let late = |_| {
        let seconds = LONGEST_CALL.as_secs();
        ProviderError::new(
            ProviderErrorKind::Unavailable,
            format!("it did not answer within {seconds} seconds"),
        )
    };
    tokio::time::timeout(LONGEST_CALL, call).await.map_err(late)?
}

#[cfg(test)]
mod tests;
