//! `watch`: follows the key Secrets in the controller's namespace, and the API server's clock, and keeps the ring in step.

use crate::client::watch_config::{watch_backoff, watch_config};
use crate::config::keys::Keys;
use crate::keys::store::rejections::{Finder, Refusals};
use crate::keys::store::ring::SharedRing;
use crate::keys::store::watched::Records;
use api::ObservedSecret;
use api::sealing_key::LABEL;
use futures::{StreamExt as _, stream};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client};
use std::sync::Arc;

/// In seconds, how long a watch lasts before it goes on over another connection. So long a private key may stay in the buffers of the
/// connection that showed it: they are freed, and wiped, with the connection (`key_connections`).
const LASTS: u32 = 20;

/// The two places where a key may be found.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// Secrets with the label, whatever its value: a key that is taken out has to be known, not only gone.
    Labelled,
    /// The Secret named exactly as the prefix, from before there were labels.
    Legacy,
}

/// Follows them until the process ends. Additions, label changes, edits and deletions count at once.
pub(crate) async fn watch(
    client: Client,
    namespace: String,
    settings: Keys,
    ring: Arc<SharedRing>,
    refusals: Arc<Refusals>,
) {
    tokio::select! {
        () = ring.clock().follow(&client) => {}
        () = watch_secrets(&client, &namespace, &settings, &ring, &refusals) => {}
    }
}

async fn watch_secrets(
    client: &Client,
    namespace: &str,
    settings: &Keys,
    ring: &SharedRing,
    refusals: &Refusals,
) {
    let secrets = || Api::<ObservedSecret>::namespaced(client.clone(), namespace);
    let labelled = watch_config().timeout(LASTS).labels(LABEL);
    let legacy = watch_config().timeout(LASTS).fields(&format!("metadata.name={}", settings.new.prefix));
    let mut events = stream::select(
        watcher(secrets(), labelled).backoff(watch_backoff()).map(|event| (Source::Labelled, event)).boxed(),
        watcher(secrets(), legacy).backoff(watch_backoff()).map(|event| (Source::Legacy, event)).boxed(),
    );

    let (mut by_label, mut by_name) = (Records::ordered(settings.order), Records::ordered(settings.order));
    while let Some((source, event)) = events.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                let error = crate::process::error_chain::chain(&error);
                tracing::warn!(error, namespace, "watching the sealing keys failed; trying again");
                continue;
            }
        };
        // Parsing an RSA key takes milliseconds, and happens once per key.
        let changed = tokio::task::block_in_place(|| match source {
            Source::Labelled => by_label.take(event),
            Source::Legacy => by_name.take(event),
        });
        if changed && by_label.listed() && by_name.listed() {
            // The Secret named as the prefix may be shown by both; they say the same of it.
            let mut found = by_name.found().clone();
            found.extend(by_label.found().clone());
            ring.replace(&found, by_label.until());
            refusals.replace(Finder::Home, ring.refusals());
        }
    }
}
