//! `unwrap_keys`: the task of every replica that unwraps keys. Each replica unwraps for itself, so that it serves no certificate whose private
//! half it has not seen.

use crate::keys::store::findings::{KeyFindings, SeenBy};
use crate::keys::store::ring::SharedRing;
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedId, WrappedSecret};
use crate::keys::unwrapping::order::{Next, Retries};
use crate::process::error_chain::chain;
use key_wrapping::{KeyProviders, ProviderErrorKind, UnwrapError, Unwrapped};
use sealing::{KeyWait, SealingKey};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Failures after which it is asked whether the fault is the key's own.
const FAILURES: u32 = 3;

/// Keys that fail at the start before the others are waited for no longer.
const MOST_FIRST_FAILURES: usize = 32;

/// How long keys are waited for at the start.
const LONGEST_LOADING: Duration = Duration::from_mins(1);

/// Unwraps until this future is dropped.
pub(crate) async fn unwrap_keys(providers: &KeyProviders, ring: &SharedRing, findings: &KeyFindings) {
    let mut changes = ring.changes();
    let mut unwrapper = Unwrapper {
        providers,
        ring,
        retries: Retries::default(),
        first_failures: 0,
        loading_until: Instant::now() + LONGEST_LOADING,
    };
    loop {
        changes.borrow_and_update();
        match unwrapper.retries.next(&ring.state().waiting(), Instant::now()) {
            Next::Try(wrapped) => {
                // Boxed, because it is large.
                Box::pin(unwrapper.try_one(&wrapped)).await;
                findings.replace(SeenBy::KeyWatch, || ring.state().findings.clone());
            }
            Next::Wait(due) => {
                let retry = async {
                    match due {
                        Some(due) => sleep_until(due).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    _ = changes.changed() => {}
                    () = retry => {}
                }
            }
        }
    }
}

struct Unwrapper<'a> {
    providers: &'a KeyProviders,
    ring: &'a SharedRing,
    retries: Retries,
    /// Keys that failed while the keys were being read.
    first_failures: usize,
    loading_until: Instant,
}

impl Unwrapper<'_> {
    async fn try_one(&mut self, wrapped: &WrappedSecret) {
        let (secret, fingerprint) = (&wrapped.name, wrapped.certificate.fingerprint());
        let mut error = match self.unwrap(wrapped).await {
            Ok(unwrapped) => return self.opened(wrapped, unwrapped),
            Err(error) => error,
        };
        let mut notes = Vec::new();
        let (mut delay, mut alone) = (Duration::ZERO, false);
        if error.is_transient() {
            delay = self.retries.failed(wrapped.id, Instant::now());
            let was_alone = matches!(
                self.ring.state().unwrapped(wrapped.id),
                Some(Unwrapping::Waiting { alone: true, .. })
            );
            alone = was_alone || self.is_alone(wrapped, error.is_unanswered(), &mut notes).await;
            // The providers work now; and perhaps did not when this key was tried.
            if alone && !was_alone {
                error = match self.unwrap(wrapped).await {
                    Ok(unwrapped) => return self.opened(wrapped, unwrapped),
                    Err(error) => error,
                };
            }
        }
        let text = chain(&error);
        if error.is_transient() {
            let delay = delay.as_secs();
            tracing::warn!(secret, %fingerprint, error = text, delay, "a sealing key is not unwrapped yet; trying again");
            let wait = if error.is_unanswered() { KeyWait::NoAnswer } else { KeyWait::NotOpened };
            notes.push((wrapped.id, Unwrapping::Waiting { error: text, wait, alone }));
        } else {
            tracing::error!(secret, %fingerprint, error = text, "a sealing key cannot be unwrapped");
            notes.push((wrapped.id, Unwrapping::Failed(text)));
        }
        self.ring.note_unwrapping(&notes);
        if !self.ring.is_loaded() {
            self.first_failures += 1;
            if self.first_failures >= MOST_FIRST_FAILURES || self.loading_until <= Instant::now() {
                self.ring.finish_loading();
            }
        }
    }

    async fn unwrap(&self, wrapped: &WrappedSecret) -> Result<Unwrapped, UnwrapError> {
        self.providers.unwrap(&wrapped.key, wrapped.certificate.clone()).await
    }

    fn opened(&mut self, wrapped: &WrappedSecret, unwrapped: Unwrapped) {
        let (secret, fingerprint) = (&wrapped.name, wrapped.certificate.fingerprint());
        let by = unwrapped.opened_by;
        tracing::info!(secret, %fingerprint, by, "unwrapped sealing key");
        if !unwrapped.slots.is_as_configured() {
            let slots = unwrapped.slots.to_string();
            tracing::warn!(secret, %fingerprint, slots, "a sealing key is not wrapped as configured");
        }
        let key = SealingKey::new(wrapped.name.clone(), unwrapped.pair).dated(wrapped.key.since());
        let opened = Unwrapping::Unwrapped { key: Arc::new(key), slots: unwrapped.slots };
        self.ring.note_unwrapping(&[(wrapped.id, opened)]);
        self.retries.answered(&by, &self.ring.state().waiting(), Instant::now());
    }

    /// Whether the providers of a key that waits work otherwise. Asked after some failures; and at once where others wait for the keys to be read,
    /// so that they need not wait until each key was tried of providers that do not answer.
    async fn is_alone(
        &mut self,
        wrapped: &WrappedSecret,
        is_unanswered: bool,
        notes: &mut Vec<(WrappedId, Unwrapping)>,
    ) -> bool {
        let state = self.ring.state();
        let spreads = !self.ring.is_loaded() && is_unanswered;
        if !spreads && self.retries.failures(wrapped.id) < FAILURES {
            return false;
        }
        let failing = self.failing_providers(wrapped).await;
        let silent: BTreeSet<_> = failing
            .iter()
            .filter(|(_, kind)| *kind == ProviderErrorKind::Unavailable)
            .map(|(uri, _)| uri.clone())
            .collect();
        self.retries.silent(silent.iter().cloned());
        if spreads && !silent.is_empty() {
            let opening: Vec<_> =
                self.providers.opening().map(|provider| provider.uri().to_string()).collect();
            let has_other =
                |it: &WrappedSecret| opening.iter().any(|uri| !silent.contains(uri) && it.has_slot_of(uri));
            let error = "it was not tried, because its key management service does not answer".to_owned();
            let unanswered = Unwrapping::Waiting { error, wait: KeyWait::NoAnswer, alone: false };
            let others = state.untried().filter(|it| it.id != wrapped.id && !has_other(it));
            notes.extend(others.map(|it| (it.id, unanswered.clone())));
        }
        failing.is_empty() && self.retries.failures(wrapped.id) >= FAILURES
    }

    /// The providers with a slot in the key that do not encrypt and decrypt at this moment.
    async fn failing_providers(&self, wrapped: &WrappedSecret) -> Vec<(String, ProviderErrorKind)> {
        let mut failing = Vec::new();
        for provider in self.providers.opening() {
            let uri = provider.uri().to_string();
            if wrapped.has_slot_of(&uri)
                && let Err(error) = self.providers.round_trip(&**provider).await
            {
                failing.push((uri, error.kind));
            }
        }
        failing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::test_wrapped::{pair, wrapped_secret_by};
    use async_trait::async_trait;
    use key_wrapping::{AgeIdentity, Context, DataKey, KeyWrapper, ProviderError, ProviderUri, Slot};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Denies to open so often, as a service that comes back.
    #[derive(Debug)]
    struct Recovering {
        service: AgeIdentity,
        denials: AtomicUsize,
    }

    #[async_trait]
    impl KeyWrapper for Recovering {
        fn uri(&self) -> &ProviderUri {
            self.service.uri()
        }

        fn binds_context(&self) -> bool {
            false
        }

        async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
            self.service.wrap(data_key, context).await
        }

        async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError> {
            let fewer = |left: usize| left.checked_sub(1);
            if self.denials.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
                return Err(ProviderError::new(ProviderErrorKind::Denied, "not now"));
            }
            self.service.unwrap(slot, context).await
        }
    }

    const IDENTITY: &str = "AGE-SECRET-KEY-13Z88EA60M657HPGEWHV4XA7DRGZKF20N9RQPLWVMPPJTXJW0GFCSVCT4RU";

    /// Otherwise the key would count as one that waits for nothing, and another one be made beside it.
    #[test]
    fn a_service_that_comes_back_between_two_calls_makes_no_key_a_closed_one() {
        let service = || AgeIdentity::new(IDENTITY.parse().unwrap());
        let secret = wrapped_secret_by("wrapped", &pair(1_000), Arc::new(service()));
        let service = Recovering { service: service(), denials: AtomicUsize::new(3) };
        let providers = KeyProviders::new("prod".parse().unwrap(), vec![Arc::new(service)], Vec::new());
        let flags = ["--key-wrap-with=kmsv2:unix:///run/kms/kms.sock", "--cluster-name=prod"];
        let ring = SharedRing::unread_with(&flags);
        ring.show([secret]);
        let mut unwrapper = Unwrapper {
            providers: &providers,
            ring: &ring,
            retries: Retries::default(),
            first_failures: 0,
            loading_until: Instant::now() + LONGEST_LOADING,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for tries in 1..=3 {
            let waiting = ring.state().waiting();
            runtime.block_on(unwrapper.try_one(&waiting[0]));
            assert_eq!(ring.state().ring.len(), usize::from(tries == 3), "{tries}");
        }
    }
}
