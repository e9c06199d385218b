//! Which sealing key is renewed: the [`newest`]; and how the next is named. The date is in [`due`](crate::keys::renewal::due). Pure: from the keys'
//! own ages, never from the process's, so that restarts change nothing.
//!
//! - **One clock.** `now` is the API server's, which is the same for all replicas; theirs may be as wrong as they like.
//! - **Two dates** are what a key has; [`Dates`] says which its age is told by.
//! - **A key from the future** (that clock was wrong when it was made) opens what was sealed to it, but is not what renewal
//!   goes by: it would stop it for years. If there is no other, one is made.

use crate::config::keys::Renewal;
use crate::keys::renewal::key_age::{Dates, SKEW};
use crate::keys::renewal::observed::{KeySecret, Observed, Standing};
use crate::keys::renewal::successor_name::{Predecessor, successor_name};
use crate::keys::renewal_request::annotation::{Ask, is_answered, is_answered_by_a_key};
use envelope::Fingerprint;
use jiff::Timestamp;

/// What the operator asked for, and what names are made of.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Start of the names.
    pub prefix: String,
    /// What first keys' names are made of.
    pub origin: String,
    /// When keys are renewed.
    pub renewal: Renewal,
}

/// A key that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActiveKey<'a> {
    pub name: &'a str,
    pub fingerprint: Fingerprint,
    pub dates: Dates,
    pub asked: Option<Ask>,
}

impl<'a> ActiveKey<'a> {
    fn of(secret: &'a KeySecret) -> Option<Self> {
        match secret.standing {
            Standing::Active { fingerprint, dates, asked } => {
                Some(Self { name: &secret.name, fingerprint, dates, asked })
            }
            Standing::Leaked { .. } | Standing::Out => None,
        }
    }

    /// The order of the ring: the newer, then the smaller fingerprint.
    fn rank(&self, now: Timestamp) -> (Timestamp, std::cmp::Reverse<Fingerprint>) {
        (self.dates.since(now), std::cmp::Reverse(self.fingerprint))
    }
}

/// The keys that count.
pub(crate) fn active(seen: &Observed) -> impl Iterator<Item = ActiveKey<'_>> {
    seen.secrets.iter().filter_map(ActiveKey::of)
}

/// The newest key that is not from the future. Of two made at almost the same time, the one that was made to renew the other:
/// its Secret may have been dated by another API server, whose clock is behind.
pub(crate) fn newest<'a>(seen: &'a Observed, rules: &Rules, now: Timestamp) -> Option<ActiveKey<'a>> {
    let present = || active(seen).filter(|key| !key.dates.is_future(now));
    let mut newest = present().max_by_key(|key| key.rank(now))?;
    for _ in &seen.secrets {
        let Some(next) = successors(seen, rules, &newest, now)
            .filter(|key| !key.dates.is_future(now))
            .max_by_key(|key| key.rank(now))
        else {
            break;
        };
        newest = next;
    }
    // A key may stand in two Secrets; either may ask.
    let asks = present().filter(|key| key.fingerprint == newest.fingerprint).filter_map(|key| key.asked);
    newest.asked = asks.into_iter().find(|ask| !is_answered_by_a_key(seen, *ask));
    Some(newest)
}

/// The keys made to renew this one. Not those of when it was from the future, which time made the older ones.
fn successors<'a>(
    seen: &'a Observed,
    rules: &Rules,
    key: &ActiveKey<'a>,
    now: Timestamp,
) -> impl Iterator<Item = ActiveKey<'a>> + use<'a> {
    let key = *key;
    let near = move |other: &ActiveKey<'_>| {
        // Of the dates that tell ages, too: another API server may have stored the newer, with a clock that is far behind.
        let [since, age] = [Dates::since, Dates::at]
            .map(|date| date(&key.dates, now).duration_since(date(&other.dates, now)));
        other.fingerprint != key.fingerprint && since.min(age) <= SKEW
    };
    let mut near = active(seen).filter(near).peekable();
    // Next to always there is none, and so nothing to be named.
    let names: Vec<String> = near
        .peek()
        .map(|_| names(seen, rules, &Predecessor::Key(key.fingerprint)).collect())
        .unwrap_or_default();
    near.filter(move |other| names.iter().any(|name| name == other.name))
}

/// Whether a key was made to renew this one, and is not older.
pub(crate) fn has_newer_successor(
    seen: &Observed,
    rules: &Rules,
    key: &ActiveKey<'_>,
    now: Timestamp,
) -> bool {
    successors(seen, rules, key, now).next().is_some()
}

/// Keys whose renewal is still asked for, though it is done: a newer one is there, or one that says so.
pub(crate) fn answered<'a>(
    seen: &'a Observed,
    rules: &'a Rules,
    now: Timestamp,
) -> impl Iterator<Item = ActiveKey<'a>> {
    let newest = newest(seen, rules, now).map(|newest| (newest.fingerprint, newest.dates.since(now)));
    active(seen).filter(move |key| {
        let Some(ask) = key.asked else { return false };
        let is_newest = newest.is_some_and(|(newest, _)| key.fingerprint == newest);
        let is_older = newest.is_some_and(|(_, since)| key.dates.since(now) <= since);
        is_answered(seen, ask) || !is_newest && (is_older || has_newer_successor(seen, rules, key, now))
    })
}

/// The newest key of those from the future.
pub(crate) fn newest_of_all(seen: &Observed, now: Timestamp) -> Option<ActiveKey<'_>> {
    active(seen).max_by_key(|key| key.rank(now))
}

/// The first name for the successor that nothing has.
pub(crate) fn free_name(seen: &Observed, rules: &Rules, predecessor: &Predecessor) -> String {
    let is_taken = |name: &String| seen.secrets.iter().any(|secret| secret.name == *name);
    let mut names = names(seen, rules, predecessor).skip_while(is_taken);
    // There is one name more than there are Secrets.
    names.next().unwrap_or_else(|| successor_name(&rules.prefix, predecessor, seen.secrets.len() + 1))
}

/// Every name that a successor can have while so many Secrets are there.
fn names<'a>(
    seen: &Observed,
    rules: &'a Rules,
    predecessor: &'a Predecessor,
) -> impl Iterator<Item = String> + use<'a> {
    let count = seen.secrets.len();
    (0..=count).map(move |attempt| successor_name(&rules.prefix, predecessor, attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn fingerprint(digit: &str) -> Fingerprint {
        digit.repeat(64).parse().unwrap()
    }

    #[test]
    fn what_a_newer_key_answered_is_not_what_the_newest_asks() {
        let renewal = Renewal { period: None, cutoff: None };
        let rules = Rules { prefix: "p".into(), origin: String::new(), renewal };
        let key = |name: &str, since, asked: bool| KeySecret {
            name: name.into(),
            standing: Standing::Active {
                fingerprint: fingerprint(name),
                dates: Dates { since: at(since), valid_from: at(since) },
                asked: asked.then(|| Ask::of(fingerprint(name), "please")),
            },
            answers: Vec::new(),
        };
        let answered_of = |secrets: Vec<KeySecret>| {
            let seen = Observed { secrets, had_any: true };
            answered(&seen, &rules, at(5_000)).map(|key| key.name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(answered_of(vec![key("1", 1_000, true), key("2", 2_000, false)]), ["1"]);
        assert!(answered_of(vec![key("1", 1_000, false), key("2", 2_000, true)]).is_empty());
        // The one from the future is not the newest, and is not answered by it.
        assert!(answered_of(vec![key("1", 1_000, false), key("2", 9_000, true)]).is_empty());
    }
}
