//! `watch_providers`: asks each provider once a minute whether it works and with which key it encrypts, and finds out whether it binds the context.

use crate::keys::store::findings::{KeyFindings, SeenBy};
use crate::keys::store::ring::SharedRing;
use crate::keys::unwrapping::provider_states::ProviderState;
use crate::keys::unwrapping::providers::Wrapping;
use crate::process::error_chain::chain;
use jiff::Timestamp;
use key_wrapping::{Binding, KeyWrapper};
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
    let uri = provider.uri().to_string();
    let before = wrapping.states.of(&uri);
    let mut after = before.clone();
    match wrapping.providers.current_key_id(provider).await {
        Ok(key_id) => {
            after.is_up = Some(true);
            after.key_id = key_id;
        }
        Err(error) => {
            after.is_up = Some(false);
            if before.is_up != Some(false) {
                let error = chain(&error);
                tracing::warn!(provider = uri, error, "the key management service does not answer");
            }
        }
    }
    if after.binding.is_none() && after.is_up == Some(true) {
        match wrapping.providers.probe(provider, Timestamp::now()).await {
            Ok(binding) => {
                after.binding = Some(binding);
                report(&uri, binding);
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(
                    provider = uri,
                    error,
                    "whether the key management service binds keys to this cluster is not known yet"
                );
            }
        }
    }
    if before.is_up == Some(false) && after.is_up == Some(true) {
        tracing::info!(provider = uri, "the key management service answers again");
    }
    wrapping.states.update(&uri, |state: &mut ProviderState| *state = after);
}

fn report(uri: &str, binding: Binding) {
    match binding {
        Binding::Bound => {
            tracing::info!(provider = uri, "the key management service binds wrapped keys to this cluster");
        }
        Binding::Unbound => tracing::warn!(
            provider = uri,
            hint = "use one key of the service for one cluster, and none that the API server uses",
            "the key management service decrypts a wrapped key in any context: only the private key itself is bound to this cluster"
        ),
    }
}
