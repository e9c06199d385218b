//! `renew`: makes a new sealing key whenever one is due, and whenever SIGUSR1 asks for one.

use super::new_key::make;
use super::schedule::next_renewal;
use super::shared_ring::SharedRing;
use crate::config::Keys;
use crate::logging::chain;
use jiff::Timestamp;
use kube::Client;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// The clock is looked at this often: sleeping for weeks would not notice that it was set.
const LOOK: Duration = Duration::from_mins(1);

/// Between a failure and the next try.
const RETRY: Duration = Duration::from_secs(30);

/// Renews until the process ends.
pub async fn renew(client: Client, namespace: String, settings: Keys, ring: Arc<SharedRing>) {
    let start = Timestamp::now();
    let Ok(mut asked) = signal(SignalKind::user_defined1()) else {
        tracing::error!("SIGUSR1 cannot be listened to: keys are not renewed");
        return;
    };
    loop {
        let newest = ring.snapshot().newest().map(sealing::SealingKey::since);
        // Without any key there is nothing to renew: the first is made at the start, others come by the watch.
        let due = newest.and_then(|newest| next_renewal(newest, settings.renewal, start));
        let wait = due.map_or(LOOK, |due| {
            let left = due.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or(Duration::ZERO).min(LOOK)
        });
        let wanted = tokio::select! {
            signal = asked.recv() => signal.is_some(),
            () = tokio::time::sleep(wait) => due.is_some_and(|due| due <= Timestamp::now()),
        };
        if !wanted {
            continue;
        }
        tracing::info!("making a new sealing key");
        if let Err(error) = make(&client, &namespace, &settings.new, &ring).await {
            tracing::error!(error = chain(&error), "no new sealing key; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }
}
