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

/// The clock is looked at this often: sleeping for weeks would not notice that it was set.
const LOOK: Duration = Duration::from_mins(1);

/// Between a failure and the next try.
const RETRY: Duration = Duration::from_secs(30);

/// Renews until the process ends; `asked` is SIGUSR1, listened to since before anybody could send it.
pub async fn renew(
    client: Client,
    namespace: String,
    settings: Keys,
    ring: Arc<SharedRing>,
    mut asked: tokio::signal::unix::Signal,
) {
    let start = Timestamp::now();
    let mut pending = false;
    loop {
        let newest = ring.snapshot().newest().map(sealing::SealingKey::since);
        // Without any key there is nothing to renew: the first is made at the start, others come by the watch.
        let due = newest.and_then(|newest| next_renewal(newest, settings.renewal, start));
        let is_due = |now| due.is_some_and(|due| due <= now);
        if !pending && !is_due(Timestamp::now()) {
            let left = due.map(|due| due.duration_since(Timestamp::now()));
            let wait = left.map_or(LOOK, |left| Duration::try_from(left).unwrap_or_default().min(LOOK));
            tokio::select! {
                signal = asked.recv() => pending = signal.is_some(),
                () = tokio::time::sleep(wait) => {}
            }
            continue;
        }
        tracing::info!(asked = pending, "making a new sealing key");
        match make(&client, &namespace, &settings.new, &ring).await {
            Ok(()) => pending = false,
            Err(error) => {
                tracing::error!(error = chain(&error), "no new sealing key; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
