//! `tell`: records an event on each Secret that is refused, once for each version of it.
//!
//! Apart from finding them, so that where replicas share the work one of them tells. It would do no harm if all did: the API
//! server takes an event once (see [`EventQueue`]).

use crate::events::about::About;
use crate::events::happening::Happening;
use crate::events::queue::EventQueue;
use crate::keys::store::rejected::Refusal;
use crate::keys::store::rejections::Refusals;
use std::collections::BTreeSet;

/// The event's word.
const REASON: &str = "SealingKeyRefused";

/// Tells until it is dropped.
pub(crate) async fn tell(refusals: &Refusals, events: EventQueue) {
    let mut changes = refusals.changes();
    let mut told: BTreeSet<About> = BTreeSet::new();
    loop {
        changes.borrow_and_update();
        let all = refusals.all();
        for refusal in all.iter().filter(|refusal| !told.contains(&refusal.about)) {
            // On the heap: a whole term holds this future within its own.
            Box::pin(events.record_once(refusal.about.clone(), happening(refusal))).await;
        }
        // What is gone, or has changed, is forgotten.
        told = all.into_iter().map(|refusal| refusal.about).collect();
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn happening(refusal: &Refusal) -> Happening {
    Happening {
        warning: true,
        reason: REASON,
        message: format!("Not used as a sealing key: {}", refusal.message),
    }
}
