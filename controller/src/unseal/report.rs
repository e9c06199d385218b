//! `report`: reports the outcome of a reconciliation: the status first, then an event, metrics and a log line.
//!
//! Nothing is written when nothing changed. If the API server does not accept the status (no permission for it, or an
//! object that was stored under another definition), the event and the metric are still reported, once, and the status
//! is tried again.

pub(crate) mod event;
pub(crate) mod status;
pub(crate) mod status_write;

use crate::events::about::About;
use crate::leader_election::fence::WriteRefused;
use crate::process::error_chain::chain;
use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::context::Context;
use crate::unseal::outcome::{Act, Outcome};
use crate::unseal::read::compromise::compromise;
use crate::unseal::read::facts::Facts;
use crate::unseal::read::object_reader::{ObjectReader, Unread};
use crate::unseal::read::touch::due_in;
use crate::unseal::report::event::{event_for, leak_event};
use crate::unseal::report::status::{is_news, must_be_written, next_status};
use crate::unseal::report::status_write::write_status;
use api::{ObservedMetadata, SealedSecret, SealedSecretStatus, WatchedSealedSecret};
use jiff::Timestamp;
use kube::{Api, ResourceExt as _};
use std::sync::Once;
use std::time::{Duration, Instant};

/// Whether the status now says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    Yes,
    /// It does, except that another client made a new version of the Secret, which the status is to name after this time.
    Touched(Duration),
    /// The API server did not accept the status.
    No,
    /// The object was changed since the facts were gathered, which is no failure.
    Conflict,
    /// Another client overwrites the status each time, and the next write has to wait this long.
    Contested(Duration),
    /// The object is gone, or another has its name: there is no status to write.
    Gone,
}

/// Reports `outcome` on the object. The error is a shutdown, or the end of this replica's term: the next leader reports it.
pub(crate) async fn report(
    facts: &Facts,
    outcome: &Outcome,
    reader: &mut ObjectReader<'_>,
    context: &Context,
) -> Result<Reported, Unread> {
    let (sealed, previous) = (&*facts.sealed, facts.status());
    let is_blamed = matches!(outcome, Outcome::Refused(Refusal::Unseal(error)) if error.blames_revocation());
    let leaked = |opened_by: Option<&_>| compromise(sealed, previous, opened_by, is_blamed, &facts.ring);
    let next =
        next_status(previous, facts.memory.cause.as_ref(), &facts.inputs, outcome, leaked, Timestamp::now());
    count(sealed, outcome, context);
    let due_in = matches!(outcome, Outcome::Synced { act: Act::Settled, .. })
        .then(|| due_in(facts, Instant::now()))
        .flatten();
    if due_in != Some(Duration::ZERO) && !must_be_written(&facts.memory, &next, outcome) {
        context.observe_conditions(sealed, &next);
        if is_due_in_the_log(sealed, outcome, context) {
            log(sealed, outcome);
        } else if let Outcome::Failed(error) = outcome {
            let (namespace, name) = (sealed.namespace().unwrap_or_default(), sealed.name_any());
            tracing::debug!(namespace, name, error = error.in_full(), "the retry failed as before");
        }
        return Ok(due_in.map_or(Reported::Yes, Reported::Touched));
    }
    if let Some(delay) = facts.memory.status_delay {
        let (namespace, name) = (sealed.namespace().unwrap_or_default(), sealed.name_any());
        tracing::warn!(
            namespace,
            name,
            "another client keeps overwriting the status: is there a second controller?"
        );
        return Ok(Reported::Contested(delay));
    }
    // The response to a write of the status is the whole object.
    reader.reserve(sealed.size).await?;
    if is_due_in_the_log(sealed, outcome, context) || is_news(previous, &next, outcome) {
        log(sealed, outcome);
    }
    let events = event_for(previous, &next, outcome).into_iter().chain(leak_event(previous, &next));
    let publish = |status: &SealedSecretStatus| {
        context.states.failed_by(sealed, outcome.identity());
        context.observe_conditions(sealed, status);
        for event in events {
            context.events.record(About::object::<SealedSecret>(sealed), event);
        }
    };
    let written = if context.settings.status {
        // Only if the object still has the version of the facts. Of two controllers with different keys, one opens the object and
        // the other cannot: a failure must not overwrite a success that it has not seen.
        let version = facts.memory.version.as_deref();
        write_status(&context.client, sealed, &next, version).await
    } else {
        warn_of_default_status(sealed);
        Ok(None)
    };
    Ok(match written {
        Ok(version) => {
            publish(&next);
            context.states.wrote_status(sealed, &next, version, Instant::now());
            Reported::Yes
        }
        Err(error) if WriteRefused::is_term_over(&error) => return Err(Unread::Shutdown),
        Err(error) if is_lasting(&error) && is_gone(sealed, context).await => Reported::Gone,
        Err(kube::Error::Api(status)) if status.is_conflict() => Reported::Conflict,
        Err(error) => {
            let (namespace, name) = (sealed.namespace().unwrap_or_default(), sealed.name_any());
            context.count_error(sealed, "status");
            tracing::warn!(
                namespace,
                name,
                error = chain(&error),
                "Error updating SealedSecret status, will retry"
            );
            if is_lasting(&error) {
                publish(&next);
                context.states.could_not_write_status(sealed, &next);
            }
            Reported::No
        }
    })
}

/// Where no status is written, a default of the definition stays for ever. Once, because the definition is the same for all objects.
fn warn_of_default_status(sealed: &WatchedSealedSecret) {
    static WARNED: Once = Once::new();
    if sealed.status.as_ref().is_some_and(|status| status.decoded().observed_generation == Some(-1)) {
        WARNED.call_once(|| {
            tracing::warn!(
                hint = "remove the default from the definition, or run without --update-status=false",
                "the CustomResourceDefinition sets status.observedGeneration to -1, and --update-status=false leaves that as it \
                 is: Flux waits for ever"
            );
        });
    }
}

/// Whether the API server will refuse the status each time: there is no permission (403), the definition has no such
/// subresource (404), or the object violates a rule that did not exist when it was stored (422).
fn is_lasting(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if [400, 403, 404, 405, 422].contains(&status.code))
}

/// Whether the object was deleted, or deleted and created again. Only read if the refusal is lasting: after a conflict the watch shows it, and
/// an API server that has too much to do gets no request more.
async fn is_gone(sealed: &WatchedSealedSecret, context: &Context) -> bool {
    let namespace = sealed.namespace().unwrap_or_default();
    let objects = Api::<ObservedMetadata<SealedSecret>>::namespaced(context.client.clone(), &namespace);
    let now = objects.get_opt(&sealed.name_any()).await;
    now.is_ok_and(|now| now.is_none_or(|now| now.uid() != sealed.uid()))
}

/// Counts a failure, under upstream's reasons.
fn count(sealed: &WatchedSealedSecret, outcome: &Outcome, context: &Context) {
    let reason = match outcome {
        // A change that waits has not failed.
        Outcome::Synced { .. } | Outcome::Failed(Transient::RateLimited { .. }) => return,
        Outcome::Refused(Refusal::Unmanaged { .. }) => "unmanaged",
        Outcome::Refused(refusal) if refusal.is_unseal_failure() => "unseal",
        Outcome::Refused(_) | Outcome::Failed(_) => "update",
    };
    context.count_error(sealed, reason);
}

/// Whether the log has to get something that the status leaves out and that was not logged yet: for example, another
/// policy than before refuses the Secret, or the controller has been restarted.
fn is_due_in_the_log(sealed: &WatchedSealedSecret, outcome: &Outcome, context: &Context) -> bool {
    outcome.failure().is_some_and(|[shown, in_full]| {
        shown != in_full && context.states.is_news_to_the_log(sealed, &in_full)
    })
}

fn log(sealed: &WatchedSealedSecret, outcome: &Outcome) {
    let (namespace, name) = (sealed.namespace().unwrap_or_default(), sealed.name_any());
    match outcome {
        Outcome::Synced { act, .. } => {
            let message = match act {
                Act::Settled | Act::Found => "the Secret is up to date",
                Act::Written => "unsealed",
                Act::Corrected => "corrected drift: another client had edited the Secret",
                Act::Recreated => "corrected drift: another client had deleted the Secret",
            };
            tracing::info!(namespace, name, "{message}");
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
        Outcome::Failed(error) => {
            tracing::warn!(namespace, name, error = error.in_full(), "Error updating, will retry");
        }
    }
}
