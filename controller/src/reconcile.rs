//! From a SealedSecret to its Secret, in four steps, a file each:
//!
//! `read` (what is there) -> `decide` (pure: what should happen, one `Plan`) -> `apply` (make it so) ->
//! `report` (say so: status, then event).
//!
//! `settled` answers before all of them whether there is anything to do; `ledger` remembers what this process
//! last left behind; `watch` feeds objects in and keeps them coming.
//!
//! Decided: Secrets are read with a GET only when the cheap signs (the metadata watch, the status) say that
//! something changed. Instead of a cache of all Secrets, which would keep every value of the cluster in memory.

mod apply;
mod backoff;
mod collect;
mod context;
mod decide;
mod event;
mod event_queue;
mod ledger;
mod listed;
mod outcome;
mod plan;
mod read;
mod report;
mod settled;
mod status;
mod status_write;
mod target;
mod target_body;
mod watch;

pub use context::Context;
pub use decide::KeyPlace;
pub use event_queue::EventQueue;
pub use ledger::Ledger;
pub use watch::{Scope, Watches, watch};

use api::ObservedSealedSecret;
use kube::runtime::controller::Action;
use outcome::Outcome;
use plan::Plan;
use read::Seen;
use sealing::Accepted;
use std::convert::Infallible;
use std::sync::Arc;

/// How often in a row a lost race is run again before it counts as a hindrance.
const RACES: usize = 3;

/// Brings one SealedSecret's Secret to where it should be. Failure is an outcome, not an error: it is reported on
/// the object, and only decides when to look again.
pub(crate) async fn reconcile(
    observed: Arc<ObservedSealedSecret>,
    context: Arc<Context>,
) -> Result<Action, Infallible> {
    context.metrics.unseal_requests.inc();
    let inputs = read::inputs(&observed, &context);
    if context.ledger.refused_before(&observed, &inputs) {
        return Ok(Action::await_change());
    }
    let previous = context.ledger.status_of(&observed);
    let Some(outcome) = pursue(&observed, previous.as_ref(), &context).await else {
        return Ok(Action::await_change());
    };
    let reported = report::report(&observed, previous.as_ref(), &outcome, &context).await;
    let settled = matches!(outcome, Outcome::Refused(_)) && reported == report::Reported::Yes;
    context.ledger.refused(&observed, settled.then_some(inputs));
    Ok(backoff::next_look(&observed, &outcome, reported, &context.ledger))
}

/// Reads, decides and applies, again if somebody else was faster. None if there is nothing to do or say.
async fn pursue(
    observed: &Arc<ObservedSealedSecret>,
    previous: Option<&api::SealedSecretStatus>,
    context: &Arc<Context>,
) -> Option<Outcome> {
    let mut trust_watch = true;
    for _ in 0..RACES {
        let target = match read::read(observed, previous, context, trust_watch).await {
            Ok(Seen::Settled) => return None,
            Ok(Seen::Target(target)) => target,
            Err(error) => return Some(Outcome::from_api(error)),
        };
        let plan = match decide_off_the_workers(observed, target, context).await {
            Plan::Leave => return None,
            plan => plan,
        };
        match apply::apply(&context.client, plan).await {
            apply::Applied::Outcome(outcome) => return Some(outcome),
            apply::Applied::LostRace => trust_watch = false,
            apply::Applied::Moot => return None,
        }
    }
    Some(Outcome::Hindered(outcome::Hindrance::Contended))
}

/// RSA takes milliseconds per item: never on an async worker, and never on more threads than there are cores.
async fn decide_off_the_workers(
    observed: &Arc<ObservedSealedSecret>,
    target: target::Target,
    context: &Arc<Context>,
) -> Plan {
    // The semaphore lives as long as the context and is never closed.
    let _permit = context.cores.acquire().await;
    let (observed, context) = (Arc::clone(observed), Arc::clone(context));
    tokio::task::spawn_blocking(move || {
        let accepted = Accepted { deprecated_data: context.settings.deprecated_data };
        decide::decide(&observed, target, &context.ring.snapshot(), &context.key_place, accepted)
    })
    .await
    // Only a panic in there ends up here; the object is looked at again later, and no other suffers.
    .unwrap_or(Plan::Wait(outcome::Hindrance::Interrupted))
}
