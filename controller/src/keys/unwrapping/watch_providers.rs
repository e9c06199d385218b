//! `watch_providers`: finds out once a minute whether each provider works and with which key it encrypts, and once whether it binds the context.

use crate::keys::store::findings::{KeyFindings, SeenBy};
use crate::keys::store::ring::SharedRing;
use crate::keys::unwrapping::providers::Wrapping;
use crate::process::error_chain::chain;
use key_wrapping::KeyWrapper;
use std::time::Duration;

const PERIOD: Duration = Duration::from_mins(1);

/// Watches until this future is dropped.
pub(crate) async fn watch_providers(wrapping: &Wrapping, ring: &SharedRing, findings: &KeyFindings) {
    loop {
        for provider in wrapping.providers.opening() {
            let before = wrapping.states.of(&provider.uri().to_string()).key_id;
            look_at(wrapping, &**provider).await;
            note_key(wrapping, &**provider, before.as_deref(), ring, findings);
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// A provider that wraps has another key than before: its slots of older ones are reported.
fn note_key(
    wrapping: &Wrapping,
    provider: &dyn KeyWrapper,
    before: Option<&str>,
    ring: &SharedRing,
    findings: &KeyFindings,
) {
    let uri = provider.uri().to_string();
    let key_id = wrapping.states.of(&uri).key_id;
    let wraps = wrapping.providers.wrapping().any(|it| it.uri() == provider.uri());
    if let Some(key_id) = key_id.filter(|key_id| wraps && before != Some(key_id)) {
        ring.note_current_key(&uri, &key_id);
        findings.replace(SeenBy::KeyWatch, || ring.state().findings.clone());
    }
}

async fn look_at(wrapping: &Wrapping, provider: &dyn KeyWrapper) {
    let (uri, states) = (provider.uri().to_string(), &wrapping.states);
    let was_up = states.of(&uri).is_up;
    match wrapping.providers.current_key_id(provider).await {
        Ok(key_id) => {
            if was_up == Some(false) {
                tracing::info!(provider = uri, "the key management service can be used again");
            }
            states.update(&uri, |state| {
                state.is_up = Some(true);
                state.key_id = Some(key_id);
            });
            wrapping.binding(provider).await;
        }
        Err(error) => {
            if was_up != Some(false) {
                let error = chain(&error);
                tracing::warn!(provider = uri, error, "the key management service cannot be used");
            }
            states.update(&uri, |state| state.is_up = Some(false));
        }
    }
}
