//! `report`: says how it ended. Status first, then the event; the log line tells both.
//!
//! Nothing is written when nothing changed.

use super::context::Context;
use super::event::event_for;
use super::outcome::Outcome;
use super::status::{next_status, same_words};
use crate::logging::chain;
use api::{ObservedSealedSecret, Scope, SealedSecret, SealedSecretStatus};
use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

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
    if previous.is_some_and(|previous| same_words(previous, &next)) {
        return Reported::Yes;
    }
    log(observed, outcome);
    let event = event_for(previous, &next, outcome);
    match write(observed, &next, context).await {
        Ok(()) => {
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
            tracing::warn!(namespace, name, error = chain(&error), "writing the status failed; trying again");
            Reported::NotYet
        }
    }
}

/// One merge patch. The UID makes it fail on an object that was made anew under the same name.
async fn write(
    observed: &ObservedSealedSecret,
    status: &SealedSecretStatus,
    context: &Context,
) -> Result<(), kube::Error> {
    let namespace = observed.namespace().unwrap_or_default();
    let mut fields = serde_json::to_value(status).map_err(kube::Error::SerdeError)?;
    if let Value::Object(fields) = &mut fields {
        // A merge patch keeps what it does not name.
        fields.entry("target").or_insert(Value::Null);
    }
    let patch = json!({ "metadata": { "uid": observed.uid() }, "status": fields });
    Api::<kube::core::PartialObjectMeta<SealedSecret>>::namespaced(context.client.clone(), &namespace)
        .patch_status(&observed.name_any(), &PatchParams::default(), &Patch::Merge(patch))
        .await
        .map(drop)
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
