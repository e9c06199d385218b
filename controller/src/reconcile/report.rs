//! `report`: says how it ended. Status first, then the event; the log line tells both.
//!
//! Nothing is written when nothing changed.

use super::context::Context;
use super::event::event_for;
use super::outcome::Outcome;
use super::plan::Refusal;
use super::status::{next_status, same_words};
use super::status_write::write_status;
use crate::logging::chain;
use api::{ObservedSealedSecret, Scope, SealedSecretStatus};
use jiff::Timestamp;
use kube::ResourceExt as _;

/// Whether the status now says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    /// It does.
    Yes,
    /// The API server did not take it: say it again later.
    NotYet,
}

/// Reports `outcome` on the object.
pub(crate) async fn report(
    observed: &ObservedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    outcome: &Outcome,
    context: &Context,
) -> Reported {
    let scope = Scope::of(observed.metadata.annotations.as_ref());
    let next = next_status(previous, observed.metadata.generation, scope, outcome, Timestamp::now());
    count(observed, outcome, context);
    if previous.is_some_and(|previous| same_words(previous, &next)) {
        context.metrics.observe_condition(observed, &next);
        return Reported::Yes;
    }
    log(observed, outcome);
    let event = event_for(previous, &next, outcome);
    let written =
        if context.settings.status { write_status(&context.client, observed, &next).await } else { Ok(()) };
    match written {
        Ok(()) => {
            context.metrics.observe_condition(observed, &next);
            context.ledger.wrote(observed, next);
            if let Some(event) = event {
                context.events.record(observed, event);
            }
            Reported::Yes
        }
        // Deleted, or deleted and made again, meanwhile: this story has ended.
        Err(kube::Error::Api(status)) if status.code == 404 || status.code == 409 || status.code == 422 => {
            Reported::Yes
        }
        Err(error) => {
            let (namespace, name) = (observed.namespace().unwrap_or_default(), observed.name_any());
            context.metrics.count_error("status", &namespace);
            tracing::warn!(namespace, name, error = chain(&error), "writing the status failed; trying again");
            Reported::NotYet
        }
    }
}

/// Upstream's words for where it failed.
fn count(observed: &ObservedSealedSecret, outcome: &Outcome, context: &Context) {
    let reason = match outcome {
        Outcome::Synced { .. } => return,
        Outcome::Refused(Refusal::Unmanaged { .. }) => "unmanaged",
        Outcome::Refused(refusal) if refusal.is_unseal_failure() => "unseal",
        Outcome::Refused(_) | Outcome::Hindered(_) => "update",
    };
    context.metrics.count_error(reason, &observed.namespace().unwrap_or_default());
}

fn log(observed: &ObservedSealedSecret, outcome: &Outcome) {
    let (namespace, name) = (observed.namespace().unwrap_or_default(), observed.name_any());
    match outcome {
        Outcome::Synced { written: true, .. } => tracing::info!(namespace, name, "unsealed"),
        Outcome::Synced { written: false, .. } => {
            tracing::info!(namespace, name, "found unsealed as it should be");
        }
        Outcome::Refused(refusal) => {
            tracing::error!(
                namespace,
                name,
                reason = refusal.reason(),
                error = refusal.to_string(),
                "not unsealed"
            );
        }
        Outcome::Hindered(hindrance) => {
            tracing::warn!(namespace, name, error = hindrance.to_string(), "not unsealed yet; trying again");
        }
    }
}
