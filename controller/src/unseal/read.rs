//! `read`: finds out what is there, with as few requests as it takes. On a first unseal: none.

pub(crate) mod target;

use crate::unseal::context::Context;
use crate::unseal::decide::compromise::{sealed_with_revoked, telling_hint};
use crate::unseal::decide::settled::{corrects_drift, is_edited, is_settled};
use crate::unseal::queue::large_objects::{Room, Unread};
use crate::unseal::read::target::{ExistingSecret, Target};
use crate::unseal::state::pause::Inputs;
use api::{ObservedMetadata, ObservedSecret, Scope, SealedSecretStatus, WatchedSealedSecret};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::runtime::reflector::ObjectRef;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What reading showed.
#[derive(Debug)]
pub(crate) enum Seen {
    /// Nothing to do.
    Settled,
    /// Something to decide about.
    Target(Target),
    /// Another client edited the Secret again; the correction has to wait for so long.
    Contested(Duration),
}

/// Everything that a refusal would depend on, as the watches show it.
pub(crate) fn inputs(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    context: &Context,
) -> Inputs {
    let ring = context.ring.snapshot();
    Inputs {
        generation: observed.metadata.generation,
        scope: Scope::of(observed.metadata.annotations.as_ref()),
        correct_drift: corrects_drift(observed, context.settings.correct_drift),
        hint: telling_hint(observed, previous, &ring),
        revoked: sealed_with_revoked(&observed.metadata, previous, &ring),
        ring_version: context.ring.opening_version(),
        target_version: watched_target(observed, context).and_then(|secret| secret.resource_version()),
    }
}

fn watched_target(
    observed: &WatchedSealedSecret,
    context: &Context,
) -> Option<Arc<ObservedMetadata<Secret>>> {
    let namespace = observed.namespace().unwrap_or_default();
    context.targets.get(&ObjectRef::new(&observed.name_any()).within(&namespace))
}

/// Looks at the metadata watch first, and at the API server only where the watch cannot know.
///
/// The watch may lag behind our own writes. Where it shows no Secret although the status tells of one, or where
/// it has just led astray (`trust_watch` false), the API server is asked.
pub(crate) async fn read(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    context: &Context,
    room: &mut Room<'_>,
    trust_watch: bool,
) -> Result<Seen, Unread> {
    let watched = watched_target(observed, context);
    let correct_drift = context.settings.correct_drift;
    if is_settled(observed, previous, watched.as_ref().map(|secret| &secret.metadata), correct_drift) {
        return Ok(Seen::Settled);
    }
    // However fast somebody edits it: neither read nor opened before its turn.
    if is_edited(previous, watched.as_ref().map(|secret| &secret.metadata))
        && let Err(wait) = context.ledger.may_correct(observed, Instant::now())
    {
        return Ok(Seen::Contested(wait));
    }
    let never_written = previous.is_none_or(|status| status.target.is_none());
    if trust_watch && watched.is_none() && never_written {
        return Ok(Seen::Target(Target::Absent));
    }
    let secret = match room.get::<ObservedSecret>(&observed.name_any()).await? {
        Some(ObservedSecret::Whole(secret)) => Box::new(ExistingSecret(secret)),
        Some(ObservedSecret::Cut(secret, too_many)) => {
            return Ok(Seen::Target(Target::Cut(Box::new(ExistingSecret(secret)), too_many)));
        }
        None => return Ok(Seen::Target(Target::Absent)),
    };
    if is_settled(observed, previous, Some(&secret.0.metadata), correct_drift) {
        return Ok(Seen::Settled);
    }
    Ok(Seen::Target(Target::Present(secret)))
}
