//! `next_step`: what is to be done about the sealing keys now. Pure; `renew` does it.
//!
//! Stateless: what there is says what is missing. So a process that died between two steps, or three that run at once, come
//! to the same answer; and since the new key's name is part of the answer ([`name`](crate::keys::renewal::successor_name)), the API server lets it be
//! given once.
//!
//! Decided, for what is left when no key counts any more:
//! - *None has ever been seen*: the cluster is new. The first is made.
//! - *A leaked one is left*: its successor is made at once, because no user could seal otherwise.
//! - *The last was deleted or retired*: nothing is made. A user who deletes keys by hand is restoring, moving or cleaning up, and
//!   an unexpected key, sealed to at once and in no backup, is one more to lose. An error is logged, `/readyz` fails,
//!   and sealing gets 503, until a key is restored, a renewal is asked for (SIGUSR1), or the controller is started again.

use crate::keys::renewal::due::next_due;
use crate::keys::renewal::observed::{Observed, Standing};
use crate::keys::renewal::schedule::{ActiveKey, Rules, active, free_name, newest, newest_of_all};
use crate::keys::renewal::successor_name::Predecessor;
use crate::keys::renewal_request::annotation::{Ask, pending};
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};

/// A renewal that was asked for in this process: of the key that was the newest then, or of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(pub(crate) Option<Fingerprint>);

impl Asked {
    /// The same, of the key that renewal goes by where the one that was meant turns out to be from the future: the
    /// process that noted the request did not know the time.
    pub(crate) fn of_the_present(self, seen: &Observed, rules: &Rules, now: Timestamp) -> Self {
        let is_meant = |key: &ActiveKey<'_>| Some(key.fingerprint) == self.0;
        if active(seen).any(|key| is_meant(&key) && key.dates.is_future(now)) {
            return newest(seen, rules, now).map_or(self, |key| Self(Some(key.fingerprint)));
        }
        self
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing, until this moment or until something changes. What was asked for is done.
    Settled(Option<Timestamp>),
    /// Something, but not in this second: a key must be newer than the one it renews.
    NotYet(Timestamp),
    /// A new key, to be kept under this name.
    Make {
        /// Of its Secret.
        name: String,
        /// Which is renewed; None for the first.
        predecessor: Option<Fingerprint>,
        /// Because of what.
        why: Why,
        /// What is asked of the key that is renewed and of those from the future: it answers that.
        answers: Vec<Ask>,
    },
}

/// Why a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is none yet.
    First,
    /// The newest is as old as it may get, or from before the cut-off.
    Due,
    /// A user asked for it.
    Asked,
    /// All that counted leaked.
    Leaked,
    /// All that count are from the future.
    Clock,
}

/// What is to be done at `now`, by the API server's clock.
pub(crate) fn next_step(seen: &Observed, asked: Option<Asked>, rules: &Rules, now: Timestamp) -> Step {
    if let Some(key) = newest(seen, rules, now) {
        return renewal(seen, key, asked, rules, now);
    }
    let make = |predecessor: Option<Fingerprint>, why| {
        let named = predecessor.map_or_else(|| Predecessor::None(rules.origin.clone()), Predecessor::Key);
        let answers = pending(seen, rules, now);
        Step::Make { name: free_name(seen, rules, &named), predecessor, why, answers }
    };
    if let Some(key) = newest_of_all(seen, now) {
        make(Some(key.fingerprint), Why::Clock)
    } else if let Some(leaked) = newest_leaked(seen) {
        make(Some(leaked), Why::Leaked)
    } else if !seen.had_any {
        make(None, Why::First)
    } else if asked.is_some() {
        make(None, Why::Asked)
    } else {
        Step::Settled(None)
    }
}

/// When the next key is due, which may be past: for people and metrics.
pub(crate) fn next_renewal(seen: &Observed, rules: &Rules, now: Timestamp) -> Option<Timestamp> {
    newest(seen, rules, now).and_then(|key| next_due(seen, rules, &key, now))
}

fn renewal(seen: &Observed, key: ActiveKey<'_>, asked: Option<Asked>, rules: &Rules, now: Timestamp) -> Step {
    let due = next_due(seen, rules, &key, now);
    let answers = pending(seen, rules, now);
    let is_asked = key.asked.is_some() || !answers.is_empty() || asked == Some(Asked(Some(key.fingerprint)));
    let why = match due {
        _ if is_asked => Why::Asked,
        Some(due) if due <= now => Why::Due,
        due => return Step::Settled(due),
    };
    let since = key.dates.since(now);
    if now <= since {
        return Step::NotYet(since.checked_add(SignedDuration::from_secs(1)).unwrap_or(since));
    }
    let name = free_name(seen, rules, &Predecessor::Key(key.fingerprint));
    // Should the clock go back behind the new key, the request is not made anew.
    let answers = key.asked.into_iter().chain(answers).collect();
    Step::Make { name, predecessor: Some(key.fingerprint), why, answers }
}

fn newest_leaked(seen: &Observed) -> Option<Fingerprint> {
    let leaked = seen.secrets.iter().filter_map(|secret| match secret.standing {
        Standing::Leaked { fingerprint, since } => Some((since, fingerprint)),
        Standing::Active { .. } | Standing::Out => None,
    });
    leaked.max().map(|(_, fingerprint)| fingerprint)
}

#[cfg(test)]
mod tests;
