//! `report`: says how it ended. Status first, then the event; the log line tells both.
//!
//! Nothing is written when nothing changed. A status that the API server will not take (no right to it, or an object that was
//! stored under another definition) keeps nothing else from being said: the event and the metric tell it once, and the status
//! is tried again.

pub(crate) mod api_error;
pub(crate) mod event;
pub(crate) mod status;
pub(crate) mod status_write;
pub(crate) mod truncate;

use crate::client::api_timeout::API_TIMEOUT;
use crate::events::about::About;
use crate::process::error_chain::chain;
use crate::unseal::context::Context;
use crate::unseal::decide::compromise::compromise;
use crate::unseal::decide::plan::Refusal;
use crate::unseal::outcome::{Act, Hindrance, Outcome};
use crate::unseal::report::event::{event_for, leak_event};
use crate::unseal::report::status::{next_status, same_words};
use crate::unseal::report::status_write::write_status;
use crate::unseal::requeue::after;
use api::{ObservedMetadata, Scope, SealedSecret, SealedSecretStatus, WatchedSealedSecret};
use jiff::Timestamp;
use kube::{Api, ResourceExt as _};
use std::sync::Once;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Whether the status now says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    /// It does.
    Yes,
    /// The API server did not take it: say it again later.
    NotYet,
    /// Another client changed the object meanwhile, which is no failure: look again after so long.
    Later(Duration),
    /// The object is gone, or another has its name: there is no status to write.
    Gone,
}

/// Reports `outcome` on the object.
pub(crate) async fn report(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    outcome: &Outcome,
    context: &Context,
) -> Reported {
    let scope = Scope::of(observed.metadata.annotations.as_ref());
    let compromise = |keys: Option<&_>| compromise(observed, previous, keys, &context.ring.snapshot());
    let next =
        next_status(previous, observed.metadata.generation, scope, outcome, compromise, Timestamp::now());
    count(observed, outcome, context);
    let said = previous.is_some_and(|previous| same_words(previous, &next));
    if said && !context.ledger.is_owed(observed) {
        context.show(observed, &next);
        if is_due_in_the_log(observed, outcome, context) {
            log(observed, outcome);
        }
        return Reported::Yes;
    }
    if let Err(wait) = context.ledger.may_state(observed, Instant::now()) {
        let (namespace, name) = (observed.namespace().unwrap_or_default(), observed.name_any());
        tracing::warn!(
            namespace,
            name,
            "another client keeps writing this status: is there a second controller?"
        );
        return Reported::Later(wait);
    }
    if is_due_in_the_log(observed, outcome, context) || !said {
        log(observed, outcome);
    }
    let events = event_for(previous, &next, outcome).into_iter().chain(leak_event(previous, &next));
    let tell = |status: &SealedSecretStatus| {
        context.show(observed, status);
        for event in events {
            context.events.record(About::object::<SealedSecret>(observed), event);
        }
    };
    let written = if context.settings.status {
        // On top of what it was judged by. Of two controllers with different keys, one opens it and the other cannot: failure
        // must not be written over a success that it has not seen.
        let version = context.ledger.version_of(observed);
        let writing = write_status(&context.client, observed, &next, version.as_deref());
        timeout(API_TIMEOUT, writing)
            .await
            .unwrap_or_else(|_| Err(kube::Error::Service("no answer in time".into())))
    } else {
        warn_of_default_status(observed);
        Ok(None)
    };
    match written {
        Ok(version) => {
            tell(&next);
            context.ledger.wrote(observed, next, version, Instant::now());
            Reported::Yes
        }
        Err(kube::Error::Api(_)) if is_gone(observed, context).await => Reported::Gone,
        // It has changed since: it is looked at again as it is now, which the watch shows. If it does not, ever more rarely.
        Err(kube::Error::Api(status)) if status.is_conflict() => {
            Reported::Later(after(context.ledger.overtaken(observed, Instant::now())))
        }
        Err(error) => {
            let (namespace, name) = (observed.namespace().unwrap_or_default(), observed.name_any());
            context.count_error(observed, "status");
            tracing::warn!(
                namespace,
                name,
                error = chain(&error),
                "Error updating SealedSecret status, will retry"
            );
            if is_lasting(&error) {
                tell(&next);
                context.ledger.owe(observed, next);
            }
            Reported::NotYet
        }
    }
}

/// Where no status is written, a default of the definition stays for ever. Once is enough: it is so for all objects.
fn warn_of_default_status(observed: &WatchedSealedSecret) {
    static TOLD: Once = Once::new();
    if observed.status.as_ref().is_some_and(|status| status.observed_generation == Some(-1)) {
        TOLD.call_once(|| {
            tracing::warn!(
                hint = "remove the default from the definition, or run without --update-status=false",
                "the CustomResourceDefinition sets status.observedGeneration to -1, and --update-status=false leaves that as it \
                 is: Flux waits for ever"
            );
        });
    }
}

/// Whether the API server understood what was to be written and will not have it, whenever it is asked: without the right to
/// it (403), under a definition that has no such subresource (404), or where the object breaks a rule that it did not break
/// when it was stored (422).
fn is_lasting(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if [400, 403, 404, 405, 422].contains(&status.code))
}

/// Whether the object was deleted, or deleted and made again. Asked only when its status was not taken.
async fn is_gone(observed: &WatchedSealedSecret, context: &Context) -> bool {
    let namespace = observed.namespace().unwrap_or_default();
    let objects = Api::<ObservedMetadata<SealedSecret>>::namespaced(context.client.clone(), &namespace);
    match timeout(API_TIMEOUT, objects.get_opt(&observed.name_any())).await {
        Ok(Ok(now)) => now.is_none_or(|now| now.uid() != observed.uid()),
        _ => false,
    }
}

/// Upstream's words for where it failed.
fn count(observed: &WatchedSealedSecret, outcome: &Outcome, context: &Context) {
    let reason = match outcome {
        // What waits for its turn has not failed.
        Outcome::Synced { .. } | Outcome::Hindered(Hindrance::TooManyQuestions { .. }) => return,
        Outcome::Refused(Refusal::Unmanaged { .. }) => "unmanaged",
        Outcome::Refused(refusal) if refusal.is_unseal_failure() => "unseal",
        Outcome::Refused(_) | Outcome::Hindered(_) => "update",
    };
    context.count_error(observed, reason);
}

/// Whether the status points to the log for the rest, and the log does not have it yet: another policy refuses the Secret than
/// before, say, or the controller was started since.
fn is_due_in_the_log(observed: &WatchedSealedSecret, outcome: &Outcome, context: &Context) -> bool {
    outcome.failure().is_some_and(|[shown, in_full]| {
        shown != in_full && context.ledger.is_news_to_the_log(observed, &in_full)
    })
}

fn log(observed: &WatchedSealedSecret, outcome: &Outcome) {
    let (namespace, name) = (observed.namespace().unwrap_or_default(), observed.name_any());
    match outcome {
        Outcome::Synced { act, .. } => {
            let what = match act {
                Act::Found => "found unsealed as it should be",
                Act::Written => "unsealed",
                Act::Mended => "put right: another client had edited the Secret",
                Act::Remade => "made again: another client had deleted the Secret",
            };
            tracing::info!(namespace, name, "{what}");
        }
        Outcome::Refused(refusal) => {
            tracing::error!(
                namespace,
                name,
                reason = refusal.reason(),
                error = refusal.in_full(),
                "Error updating, giving up until something changes"
            );
        }
        Outcome::Hindered(hindrance) => {
            tracing::warn!(namespace, name, error = hindrance.in_full(), "Error updating, will retry");
        }
    }
}
