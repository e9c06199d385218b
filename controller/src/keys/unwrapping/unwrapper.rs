//! `unwrap_keys`: the task of every replica that unwraps keys. Each replica unwraps for itself, so that it serves no certificate whose private
//! half it has not seen.

use crate::keys::store::findings::{KeyFindings, SeenBy};
use crate::keys::store::ring::SharedRing;
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedSecret};
use crate::keys::unwrapping::order::{Next, Retries};
use key_wrapping::{KeyProviders, UnwrapError};
use sealing::{KeyWait, SealingKey};
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// Failures after which it is asked whether the fault is the key's own.
const FAILURES: u32 = 3;

/// Unwraps until this future is dropped.
pub(crate) async fn unwrap_keys(providers: &KeyProviders, ring: &SharedRing, findings: &KeyFindings) {
    let mut changes = ring.changes();
    let mut retries = Retries::default();
    loop {
        changes.borrow_and_update();
        match retries.next(&ring.state().waiting(), Instant::now()) {
            Next::Try(wrapped) => try_one(providers, ring, findings, &mut retries, &wrapped).await,
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

async fn try_one(
    providers: &KeyProviders,
    ring: &SharedRing,
    findings: &KeyFindings,
    retries: &mut Retries,
    wrapped: &WrappedSecret,
) {
    let (secret, fingerprint) = (&wrapped.name, wrapped.certificate.fingerprint());
    let before = ring.state().waiting().len();
    let unwrapped = providers.unwrap(&wrapped.key, wrapped.certificate.clone()).await;
    let is_failure = unwrapped.is_err();
    let unwrapping = match unwrapped {
        Ok(unwrapped) => {
            let by = unwrapped.opened_by;
            tracing::info!(secret, %fingerprint, by, "unwrapped sealing key");
            if !unwrapped.slots.is_as_configured() {
                let slots = unwrapped.slots.to_string();
                tracing::warn!(secret, %fingerprint, slots, "a sealing key is not wrapped as configured");
            }
            let key = SealingKey::new(wrapped.name.clone(), unwrapped.pair).dated(wrapped.key.since());
            Unwrapping::Unwrapped { key: Arc::new(key), slots: unwrapped.slots }
        }
        Err(error) if error.is_transient() => {
            let delay = retries.failed(wrapped.id, Instant::now()).as_secs();
            let wait = if error.is_unanswered() { KeyWait::NoAnswer } else { KeyWait::NotOpened };
            let error = text(&error);
            tracing::warn!(secret, %fingerprint, error, delay, "a sealing key is not unwrapped yet; trying again");
            let alone = retries.failures(wrapped.id) >= FAILURES && providers_work(providers, wrapped).await;
            Unwrapping::Waiting { error, wait, alone }
        }
        Err(error) => {
            let error = text(&error);
            tracing::error!(secret, %fingerprint, error, "a sealing key cannot be unwrapped");
            Unwrapping::Failed(error)
        }
    };
    ring.note_unwrapping(None, wrapped.id, &unwrapping);
    if let Unwrapping::Waiting { alone: false, .. } = &unwrapping {
        // Who waits for the keys need not wait until each of them was tried.
        for other in ring.state().waiting() {
            if ring.state().unwrapped(&other).is_none() {
                let error = "it was not tried yet, because another key waits for a provider".to_owned();
                ring.note_unwrapping(
                    None,
                    other.id,
                    &Unwrapping::Waiting { error, wait: KeyWait::NotOpened, alone: false },
                );
            }
        }
    }
    findings.replace(SeenBy::KeyWatch, || ring.state().findings.clone());
    if !is_failure && before > 1 {
        // A provider answers again: keys that waited for it are tried at once.
        retries.all_due(Instant::now());
    }
}

/// Whether each provider that has a slot in the key encrypts and decrypts at this moment.
async fn providers_work(providers: &KeyProviders, wrapped: &WrappedSecret) -> bool {
    for provider in providers.opening() {
        let uri = provider.uri().to_string();
        let has_slot = wrapped.key.slots().iter().any(|slot| slot.uri == uri);
        if has_slot && providers.round_trip(&**provider).await.is_err() {
            return false;
        }
    }
    true
}

fn text(error: &UnwrapError) -> String {
    crate::process::error_chain::chain(error)
}
