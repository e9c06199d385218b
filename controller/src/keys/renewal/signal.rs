//! SIGUSR1: requests the renewal of the key that is renewed next, until there is a new key.
//!
//! The request is made by annotation, so that it does not matter which replica gets the signal. Where the API server does not allow
//! that (upstream's chart grants no `patch`), does not answer for long, or where there is no key to annotate, this process keeps it
//! as a [local request](LocalRequests), until it leads.
//!
//! A request is about one key and is lost with it: where that key is deleted, retired or revoked before it is renewed, no controller
//! sees the request any more. Decided: a user who requested a new key gets one. This process watches until the request is
//! fulfilled, and else makes another, about the key that is renewed next then. It remains one new key, also where the first request
//! was being fulfilled already: that key is newer than the other one, and fulfils the request for it.

use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal_request::{LocalRequests, annotate};
use crate::keys::store::ring::SharedRing;
use crate::process::error_chain::chain;
use envelope::Fingerprint;
use kube::Client;
use sealing::Predecessor;
use std::sync::Arc;
use tokio::signal::unix::Signal;

/// A request to renew one key, which this process makes until it is fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SignalRequest {
    /// The name of the key's Secret.
    secret: String,
    key: Fingerprint,
    /// The name of the key that will fulfil it. Other successors may be there, which fulfilled earlier requests.
    successor: String,
}

/// What has become of a [`SignalRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Open,
    /// The new key is there, or a newer one came from elsewhere.
    Fulfilled,
    /// The key does not count any more, and there is no new key.
    Lost,
}

/// Handles the signal until the process ends.
pub(crate) async fn handle_signal(
    mut signal: Signal,
    client: Client,
    namespace: String,
    ring: Arc<SharedRing>,
    requests: Arc<LocalRequests>,
) {
    let mut received = signal.recv().await;
    while received.is_some() {
        // A signal that comes meanwhile starts over with the same key.
        received = tokio::select! {
            again = signal.recv() => again,
            () = request_until_fulfilled(&client, &namespace, &ring, &requests) => signal.recv().await,
        };
    }
    // The runtime shuts down. If this returned, it would look like a failure.
    std::future::pending::<()>().await;
}

async fn request_until_fulfilled(
    client: &Client,
    namespace: &str,
    ring: &SharedRing,
    requests: &LocalRequests,
) {
    let mut changes = ring.changes();
    ring.loaded().await;
    loop {
        // Without an answer, by the last reading of the API server's clock.
        let now = ring.clock().read(client).await.unwrap_or_else(|_| ring.clock().now());
        let request = SignalRequest::new(&Schedule::new(&ring.state().records, ring.settings(), now));
        let Some(request) = request else {
            tracing::info!("SIGUSR1: a new sealing key is requested");
            requests.request(None);
            return;
        };
        let secret = &request.secret;
        tracing::info!(secret, "SIGUSR1: renewal of the sealing key is requested");
        match annotate(client, namespace, secret).await {
            Ok(()) => {}
            // The ring will show that it is gone.
            Err(kube::Error::Api(status)) if status.is_not_found() => {}
            Err(error) => {
                let hint = "allow `patch` on Secrets in the controller's namespace, as the chart does, so that any replica \
                            can take the request";
                let error = chain(&error);
                tracing::warn!(
                    error,
                    hint,
                    "requesting the renewal through the API failed; this process renews once it leads"
                );
                requests.request(Some(request.key));
            }
        }
        loop {
            changes.borrow_and_update();
            let state = ring.state();
            match request.progress(&Schedule::new(&state.records, ring.settings(), ring.clock().now())) {
                Progress::Open if changes.changed().await.is_ok() => {}
                Progress::Lost => break,
                Progress::Open | Progress::Fulfilled => return,
            }
        }
        tracing::info!(
            secret,
            "the sealing key was removed before it was renewed: renewal of another is requested"
        );
    }
}

impl SignalRequest {
    /// None where there is no key.
    fn new(schedule: &Schedule<'_>) -> Option<Self> {
        let key = schedule.next_to_renew()?;
        let successor = schedule.free_name(&Predecessor::Key(key.fingerprint));
        Some(Self { secret: key.name.to_owned(), key: key.fingerprint, successor })
    }

    fn progress(&self, schedule: &Schedule<'_>) -> Progress {
        if schedule.records.has_name(&self.successor) {
            return Progress::Fulfilled;
        }
        if !schedule.records.active().any(|key| key.fingerprint == self.key) {
            return Progress::Lost;
        }
        let is_next = schedule.next_to_renew().is_some_and(|key| key.fingerprint == self.key);
        if is_next { Progress::Open } else { Progress::Fulfilled }
    }
}

#[cfg(test)]
mod tests;
