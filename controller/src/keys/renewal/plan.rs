//! `next_step`: what renewal does now. Pure; `settle` does it.
//!
//! Stateless: the key Secrets say what is missing. So a process that died between two steps, or three that run at once, come to
//! the same plan; and since the new key's name is part of the plan, the API server lets it be created once.
//!
//! Decided, for when no key counts any more:
//! - *There has never been one*: the cluster is new. The first key is made.
//! - *Wrapped keys wait for a provider that wraps new keys*: none is made before they are unwrapped, or known to be closed, or those providers have
//!   worked for some minutes; one of them may be newer than those that are open, and without the provider none could be wrapped.
//! - *Only keys in plain are left, and keys have to be wrapped*: a wrapped one is made at once, because no user could seal otherwise.
//! - *Only wrapped keys are left that no provider opens*: none is made. A flag is missing or wrong, or a provider lost its key; a new key
//!   beside them would hide that.
//! - *A leaked key is left*: its successor is made at once, because no user could seal otherwise.
//! - *The last one was deleted or retired*: none is made. A user who deletes keys by hand is restoring, moving or cleaning up, and
//!   an unexpected key, which is sealed with at once and is in no backup, is one more to lose. An error is logged, `/readyz` fails,
//!   and sealing gets 503, until a key is restored, a renewal is requested (SIGUSR1), or the controller is restarted.

use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal_request::{LocalRequest, RenewalRequest};
use crate::keys::store::key_records::KeyState;
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use sealing::Predecessor;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RenewalPlan {
    Wait(Wait),
    Create(NewKey),
}

/// What renewal waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing is due before this moment, if ever, unless something changes. All requests are fulfilled.
    UntilDue(Option<Timestamp>),
    /// A key is due, but has to be newer than the one it renews: not in this second.
    UntilNewer(Timestamp),
    /// Wrapped keys wait for a provider. Requests stay open.
    ForProviders,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewKey {
    /// The name of its Secret.
    pub name: String,
    /// The key that it renews; None for the first.
    pub predecessor: Option<Fingerprint>,
    pub reason: RenewalReason,
    /// The requests that it fulfils: those for its predecessor, and those for keys dated in the future.
    pub fulfils: Vec<RenewalRequest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenewalReason {
    /// There has never been a key.
    First,
    /// The newest has reached its age, or is from before the cut-off.
    Due,
    /// A user requested it.
    Requested,
    /// Only leaked keys are left.
    Leaked,
    FutureDates,
    /// Keys have to be wrapped, and those that are left are in plain.
    InPlain,
}

/// Plans what renewal does at the schedule's moment. The name of a first key is derived from `first_key_text`. `holds`:
/// whether it waits for keys that wait to be unwrapped; else they are taken for closed.
pub(crate) fn next_step(
    schedule: &Schedule<'_>,
    local: Option<LocalRequest>,
    first_key_text: &str,
    holds: bool,
) -> RenewalPlan {
    let Schedule { records, now, .. } = *schedule;
    let create = |predecessor: Option<Fingerprint>, reason, fulfils| {
        let named = predecessor.map_or_else(|| Predecessor::None(first_key_text.into()), Predecessor::Key);
        let name = schedule.free_name(&named);
        RenewalPlan::Create(NewKey { name, predecessor, reason, fulfils })
    };
    let future_requests = schedule.open_future_requests();
    let waits = holds && records.any(KeyState::Waiting);
    let is_closed = records.any(KeyState::Closed) || records.any(KeyState::Waiting);
    let Some(newest) = schedule.newest() else {
        return if waits {
            RenewalPlan::Wait(Wait::ForProviders)
        } else if let Some(key) = schedule.next_to_renew() {
            create(Some(key.fingerprint), RenewalReason::FutureDates, future_requests)
        } else if let Some(plain) = records.newest_that_only_opens() {
            create(Some(plain), RenewalReason::InPlain, future_requests)
        } else if let Some(leaked) = records.newest_leaked() {
            create(Some(leaked), RenewalReason::Leaked, future_requests)
        } else if is_closed && local.is_none() {
            RenewalPlan::Wait(Wait::UntilDue(None))
        } else if !records.had_any {
            create(None, RenewalReason::First, future_requests)
        } else if local.is_some() {
            create(None, RenewalReason::Requested, future_requests)
        } else {
            RenewalPlan::Wait(Wait::UntilDue(None))
        };
    };
    let is_requested = newest.request.is_some()
        || !future_requests.is_empty()
        || local == Some(LocalRequest { key: Some(newest.fingerprint) });
    let reason = match schedule.due(&newest) {
        _ if is_requested => RenewalReason::Requested,
        Some(due) if due <= now => RenewalReason::Due,
        due => return RenewalPlan::Wait(Wait::UntilDue(due)),
    };
    // The key that waits may be the newer one. Without its provider none could be wrapped either.
    if waits {
        return RenewalPlan::Wait(Wait::ForProviders);
    }
    let since = newest.age.ordered_by(now);
    if now <= since {
        let later = since.checked_add(SignedDuration::from_secs(1)).unwrap_or(since);
        return RenewalPlan::Wait(Wait::UntilNewer(later));
    }
    // Named even though the new key is newer: a clock that goes back behind the new key would open the request again.
    let fulfils = newest.request.into_iter().chain(future_requests).collect();
    create(Some(newest.fingerprint), reason, fulfils)
}

#[cfg(test)]
mod tests;
