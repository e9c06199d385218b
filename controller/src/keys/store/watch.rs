//! `watch_keys`: watches the key Secrets in the controller's namespace and keeps the [`SharedRing`] and the findings up to date.

use crate::client::watch::{watch_backoff, watch_config};
use crate::keys::store::findings::{KeyFindings, SeenBy};
use crate::keys::store::ring::SharedRing;
use crate::keys::store::watched::WatchedSecrets;
use crate::process::error_chain::chain;
use api::ObservedSecret;
use api::sealing_key::LABEL;
use futures::{StreamExt as _, stream};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client};
use std::sync::Arc;

/// How long a watch lasts, in seconds, before it continues over another connection. For so long a private key may stay in the buffers
/// of the connection that showed it: they are freed, and zeroized, with the connection (`client::key_connections`).
const WATCH_SECONDS: u32 = 20;

/// The two watches that show keys.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// Secrets with the label, whatever its value: a key that was retired by its label must be known as retired, not as deleted.
    Labelled,
    /// The Secret whose name is the key prefix, from before there were labels.
    Legacy,
}

/// Watches the keys, and follows the API server's clock, until the process ends. Additions, label changes, edits and deletions
/// count at once.
pub(crate) async fn watch_keys(
    client: Client,
    namespace: String,
    ring: Arc<SharedRing>,
    findings: Arc<KeyFindings>,
) {
    tokio::select! {
        () = ring.clock().follow(&client) => {}
        () = watch_secrets(&client, &namespace, &ring, &findings) => {}
    }
}

async fn watch_secrets(client: &Client, namespace: &str, ring: &SharedRing, findings: &KeyFindings) {
    let secrets = || Api::<ObservedSecret>::namespaced(client.clone(), namespace);
    let config = || watch_config().timeout(WATCH_SECONDS);
    let legacy_name = format!("metadata.name={}", ring.settings().new.prefix);
    let watch = |source, config| {
        watcher(secrets(), config).backoff(watch_backoff()).map(move |event| (source, event)).boxed()
    };
    let mut events = stream::select(
        watch(Source::Labelled, config().labels(LABEL)),
        watch(Source::Legacy, config().fields(&legacy_name)),
    );
    let order = ring.settings().order;
    let (mut labelled, mut legacy) = (WatchedSecrets::new(order), WatchedSecrets::new(order));
    while let Some((source, event)) = events.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    namespace,
                    "watching the sealing keys failed; trying again"
                );
                continue;
            }
        };
        // Parsing an RSA key takes milliseconds, and happens once per version of a Secret.
        let changed = tokio::task::block_in_place(|| match source {
            Source::Labelled => labelled.apply(event),
            Source::Legacy => legacy.apply(event),
        });
        if changed && labelled.is_listed() && legacy.is_listed() {
            // Both watches may show the Secret whose name is the prefix; they agree on it.
            let mut secrets = legacy.current().clone();
            secrets.extend(labelled.current().clone());
            ring.replace(&secrets, labelled.until());
            findings.replace(SeenBy::KeyWatch, || ring.state().findings.clone());
        }
    }
}
