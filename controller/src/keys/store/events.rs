//! `record_events`: records an event on each Secret that is rejected, once for each version of the Secret.
//!
//! Every replica finds rejections, and the leader records the events. If all replicas did, nothing would be doubled: the API
//! server takes each of these events once (see [`EventQueue::record_once`]).

use crate::events::about::About;
use crate::events::queue::{EventQueue, NewEvent};
use crate::keys::store::rejections::{Rejection, Rejections};
use std::collections::BTreeSet;

/// The event's reason.
const REASON: &str = "SealingKeyRefused";

/// Records events until this future is dropped.
pub(crate) async fn record_events(rejections: &Rejections, events: EventQueue) {
    let mut changes = rejections.changes();
    let mut recorded: BTreeSet<About> = BTreeSet::new();
    loop {
        let all: Vec<Rejection> = changes.borrow_and_update().values().flatten().cloned().collect();
        for rejection in all.iter().filter(|rejection| !recorded.contains(&rejection.about)) {
            // Boxed, because the future of a leader's whole term contains this one.
            Box::pin(events.record_once(rejection.about.clone(), new_event(rejection))).await;
        }
        // Secrets that are gone or have changed are forgotten.
        recorded = all.into_iter().map(|rejection| rejection.about).collect();
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn new_event(rejection: &Rejection) -> NewEvent {
    NewEvent {
        warning: true,
        reason: REASON,
        message: format!("Not used as a sealing key: {}", rejection.message),
    }
}
