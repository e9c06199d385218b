//! [`follow`]: since when the Secret that the watch shows has had the same content; and [`due_in`]: when the status is to name a version
//! that another client made without changing the content. Pure.
//!
//! A rewrite of all Secrets for encryption at rest, and tools that set labels of their own, make new versions of each Secret. They cost a
//! note beside what the watch keeps of the Secret: no request, no use of a private key, no line in the log.
//!
//! Decided: by `managedFields`, which the watch of the metadata shows, instead of by reading the Secret. [`api::ContentTrace`] says what
//! they do not show.

use crate::unseal::read::facts::Facts;
use api::ObservedMetadata;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

/// How long ago the content must have been written when a touch is seen. Times of writes are in seconds, so two writes of one client in one
/// second look alike; and the watch, or this machine's clock, may be late. A touch that comes sooner has the Secret read.
///
/// What stays unseen: a write under the name of the client that wrote the content last, in the same second as that write, which a watch
/// shows this much later.
const OLD: SignedDuration = SignedDuration::from_secs(30);

/// How long after the last touch the status names the new version, at least; at most twice as long.
///
/// Decided: after a quiet time, instead of with each touch or never. A client that touches the Secret every few minutes causes no write at
/// all; and a restart, which knows no more than the status, opens no SealedSecret for a rewrite that is over.
const QUIET: Duration = Duration::from_mins(10);

/// Notes since when the Secret has had the same content. `before` is what the watch showed last; `is_event`, and not a list, which may
/// leave out versions between.
pub(crate) fn follow(
    secret: &mut ObservedMetadata<Secret>,
    before: Option<&ObservedMetadata<Secret>>,
    is_event: bool,
    (time, now): (Timestamp, Instant),
) {
    let version = secret.resource_version().and_then(|version| version.parse().ok());
    let Some(trace) = &mut secret.trace else { return };
    (trace.same_since, trace.touched) = (version, Some(now));
    let Some(before) = before else { return };
    let Some(earlier) = before.trace.as_deref().filter(|earlier| trace.is_same(earlier)) else { return };
    if before.metadata.resource_version == secret.metadata.resource_version {
        (trace.same_since, trace.touched) = (earlier.same_since, earlier.touched);
    } else if is_event && version.is_some() && trace.written.saturating_add(OLD).is_ok_and(|old| old <= time)
    {
        trace.same_since = earlier.same_since;
    }
}

/// How long until the status is to name the version that another client made; None if it names the present one.
pub(crate) fn due_in(facts: &Facts, now: Instant) -> Option<Duration> {
    let (_, touched) = facts.touched()?;
    // By the UID, so that the statuses of Secrets that were touched together are not written together.
    let mut hasher = DefaultHasher::new();
    facts.sealed.metadata.uid.hash(&mut hasher);
    let spread = QUIET.as_secs();
    let due = touched + QUIET + Duration::from_secs(hasher.finish() % spread);
    Some(due.saturating_duration_since(now))
}

#[cfg(test)]
mod tests;
