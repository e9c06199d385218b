//! `listen_for_asking`: passes on what SIGUSR1 asks for, and sees to it that there is a new key. By which ways it is asked is in
//! [`asked`](crate::keys::renewal_request::requests).

use crate::keys::renewal::plan::Asked;
use crate::keys::renewal_request::requests::{Asking, annotate};
use crate::keys::renewal_request::signal::Fate;
use crate::keys::store::ring::SharedRing;
use crate::process::error_chain::chain;
use kube::Client;
use std::sync::Arc;
use tokio::signal::unix::Signal;

/// Passes on what `signal` asks for, until the process ends.
pub(crate) async fn listen_for_asking(
    mut signal: Signal,
    client: Client,
    namespace: String,
    ring: Arc<SharedRing>,
    asking: Arc<Asking>,
) {
    let mut signalled = signal.recv().await;
    while signalled.is_some() {
        // Who asks again meanwhile asks for the same key.
        signalled = tokio::select! {
            again = signal.recv() => again,
            () = ask_until_done(&client, &namespace, &ring, &asking) => signal.recv().await,
        };
    }
    // The runtime is going down. Ending would look like a failure.
    std::future::pending::<()>().await;
}

/// Asks for a new key, again of another one where the one that was asked is gone; ends once there is a new one, or nothing to
/// ask.
async fn ask_until_done(client: &Client, namespace: &str, ring: &SharedRing, asking: &Asking) {
    let mut changes = ring.changes();
    ring.loaded().await;
    loop {
        // Without an answer it goes by what is known of that clock.
        let now = ring.clock().look(client).await.unwrap_or_else(|_| ring.clock().now());
        let Some(request) = ring.request(now) else {
            tracing::info!("a sealing key is asked for");
            asking.ask(Asked(None));
            return;
        };
        let name = &request.secret;
        tracing::info!(secret = name, "renewal of the sealing key is asked for");
        match annotate(client, namespace, name).await {
            Ok(()) => {}
            // The ring will know.
            Err(kube::Error::Api(status)) if status.is_not_found() => {}
            Err(error) => {
                let hint = "allow `patch` on Secrets in the controller's namespace, as the chart does, \
                            so that asking any replica will do";
                let error = chain(&error);
                tracing::warn!(
                    error,
                    hint,
                    "asking through the API failed; this process renews once it leads"
                );
                asking.ask(Asked(Some(request.key)));
            }
        }
        loop {
            changes.borrow_and_update();
            match ring.fate(&request) {
                Fate::Open if changes.changed().await.is_ok() => {}
                Fate::Lost => break,
                Fate::Open | Fate::Done => return,
            }
        }
        tracing::info!(
            secret = name,
            "that sealing key was taken out before it was renewed: another is asked"
        );
    }
}
