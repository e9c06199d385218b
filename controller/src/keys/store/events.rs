//! `record_events`: records an event on each Secret with a finding, once for each version of the Secret and reason.
//!
//! Every replica has the findings, and the leader records the events. If all replicas did, nothing would be doubled: the API
//! server takes each of these events once (see [`EventQueue::record_once`]).

use crate::events::about::About;
use crate::events::queue::{EventQueue, NewEvent};
use crate::keys::store::findings::{KeyFinding, KeyFindings};
use std::collections::BTreeSet;

/// The event's reason where the Secret is not used as a sealing key.
const REFUSED: &str = "SealingKeyRefused";

/// The event's reason where it is.
const WARNING: &str = "SealingKeyWarning";

/// Records events until this future is dropped.
pub(crate) async fn record_events(findings: &KeyFindings, events: EventQueue) {
    let mut changes = findings.changes();
    let mut recorded: BTreeSet<(About, &str)> = BTreeSet::new();
    loop {
        let all: Vec<KeyFinding> = changes.borrow_and_update().values().flatten().cloned().collect();
        for finding in all.iter().filter(|finding| !recorded.contains(&id(finding))) {
            // Boxed, because the future of a leader's whole term contains this one.
            Box::pin(events.record_once(finding.about.clone(), new_event(finding))).await;
        }
        // Secrets that are gone or have changed are forgotten.
        recorded = all.iter().map(id).collect();
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Without the message, which may differ each time a provider is asked.
fn id(finding: &KeyFinding) -> (About, &'static str) {
    (finding.about.clone(), finding.reason.as_str())
}

fn new_event(finding: &KeyFinding) -> NewEvent {
    let (reason, message) = if finding.reason.is_refusal() {
        (REFUSED, format!("Not used as a sealing key: {}", finding.message))
    } else {
        (WARNING, format!("Sealing key: {}", finding.message))
    };
    NewEvent { warning: true, reason, message }
}
