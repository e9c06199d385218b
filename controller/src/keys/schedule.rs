//! When a sealing key is renewed: [`newest`], which key that is about, and [`due`], the date. Pure: from the keys' own ages,
//! never from the process's, so that restarts change nothing.
//!
//! - **One clock.** `now` is the API server's, which is the same for all replicas; theirs may be as wrong as they like.
//! - **A key from the future** (that clock was wrong when it was made) opens what was sealed to it, but is not what renewal
//!   goes by: it would stop it for years. If there is no other, one is made.
//! - **Jitter** is taken from the key's fingerprint, so that all replicas agree on the date and many clusters installed in
//!   one minute do not renew in one minute. It makes a date earlier, never later: no key gets older than the period.
//! - **The cut-off** is a date like any other: once it has come, a key from before it is renewed. No start of a process is
//!   needed for that, and none repeats it.

use super::ask::{Ask, is_answered};
use super::name::{Predecessor, successor_name};
use super::observed::{KeySecret, Observed, Standing};
use crate::config::Renewal;
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};

/// Clocks that differ by less are the same clock; a key that is newer by more is from the future.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Renewal is early by a tenth of the period at most, and by no more than this.
const JITTER: SignedDuration = SignedDuration::from_hours(24);

/// What the operator asked for, and what names are made of.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Start of the names.
    pub prefix: String,
    /// What first keys' names are made of.
    pub origin: String,
    /// When keys are renewed.
    pub renewal: Renewal,
}

/// A key that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ActiveKey<'a> {
    pub name: &'a str,
    pub fingerprint: Fingerprint,
    pub since: Timestamp,
    pub asked: Option<Ask>,
}

impl<'a> ActiveKey<'a> {
    fn of(secret: &'a KeySecret) -> Option<Self> {
        match secret.standing {
            Standing::Active { fingerprint, since, asked } => {
                Some(Self { name: &secret.name, fingerprint, since, asked })
            }
            Standing::Leaked { .. } | Standing::Out => None,
        }
    }

    /// The order of the ring: the newer, then the smaller fingerprint.
    fn rank(&self) -> (Timestamp, std::cmp::Reverse<Fingerprint>) {
        (self.since, std::cmp::Reverse(self.fingerprint))
    }
}

/// The keys that count.
pub(super) fn active(seen: &Observed) -> impl Iterator<Item = ActiveKey<'_>> {
    seen.secrets.iter().filter_map(ActiveKey::of)
}

/// The newest key that is not from the future. Of two made at almost the same time, the one that was made to renew the other:
/// its Secret may have been dated by another API server, whose clock is behind.
pub(super) fn newest<'a>(seen: &'a Observed, rules: &Rules, now: Timestamp) -> Option<ActiveKey<'a>> {
    let present = || active(seen).filter(|key| !is_future(key.since, now));
    let mut newest = present().max_by_key(ActiveKey::rank)?;
    for _ in &seen.secrets {
        let Some(next) = successors(seen, rules, &newest)
            .filter(|key| !is_future(key.since, now))
            .max_by_key(ActiveKey::rank)
        else {
            break;
        };
        newest = next;
    }
    // A key may stand in two Secrets; either may ask.
    let asks = present().filter(|key| key.fingerprint == newest.fingerprint).filter_map(|key| key.asked);
    newest.asked = asks.into_iter().find(|ask| !is_answered(seen, *ask));
    Some(newest)
}

/// The keys made to renew this one. Not those of when it was from the future, which time made the older ones.
fn successors<'a>(
    seen: &'a Observed,
    rules: &Rules,
    key: &ActiveKey<'a>,
) -> impl Iterator<Item = ActiveKey<'a>> + use<'a> {
    let key = *key;
    let near = move |other: &ActiveKey<'_>| {
        other.fingerprint != key.fingerprint && key.since.duration_since(other.since) <= SKEW
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
pub(super) fn has_newer_successor(seen: &Observed, rules: &Rules, key: &ActiveKey<'_>) -> bool {
    successors(seen, rules, key).next().is_some()
}

/// Keys whose renewal is still asked for, though it is done: a newer one is there, or one that says so.
pub(super) fn answered<'a>(
    seen: &'a Observed,
    rules: &'a Rules,
    now: Timestamp,
) -> impl Iterator<Item = ActiveKey<'a>> {
    let newest = newest(seen, rules, now).map(|newest| (newest.fingerprint, newest.since));
    active(seen).filter(move |key| {
        let Some(ask) = key.asked else { return false };
        let is_newest = newest.is_some_and(|(newest, _)| key.fingerprint == newest);
        let is_older = newest.is_some_and(|(_, since)| key.since <= since);
        is_answered(seen, ask) || !is_newest && (is_older || has_newer_successor(seen, rules, key))
    })
}

/// The newest key of those from the future.
pub(super) fn newest_of_all(seen: &Observed) -> Option<ActiveKey<'_>> {
    active(seen).max_by_key(ActiveKey::rank)
}

/// The first name for the successor that nothing has.
pub(super) fn free_name(seen: &Observed, rules: &Rules, predecessor: &Predecessor) -> String {
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

/// Whether this moment is not merely ahead by a clock's error.
pub(super) fn is_future(moment: Timestamp, now: Timestamp) -> bool {
    moment.duration_since(now) > SKEW
}

/// When a key made at `since` is renewed; None for never.
pub(super) fn due(fingerprint: Fingerprint, since: Timestamp, renewal: Renewal) -> Option<Timestamp> {
    let by_age = renewal.period.and_then(|period| {
        // A period beyond the calendar's end never comes.
        since.checked_add(period.checked_sub(jitter(fingerprint, period))?).ok()
    });
    let by_cutoff = renewal.cutoff.filter(|cutoff| since < *cutoff);
    [by_age, by_cutoff].into_iter().flatten().min()
}

/// From nothing up to a tenth of the period.
fn jitter(fingerprint: Fingerprint, period: SignedDuration) -> SignedDuration {
    let window = (period / 10).min(JITTER).as_nanos();
    let digits = fingerprint.to_string();
    let digits = digits.chars().take(12).filter_map(|digit| digit.to_digit(16));
    let draw = digits.fold(0_i128, |draw, digit| draw << 4 | i128::from(digit));
    // At most a day, of which 48 bits are a part.
    SignedDuration::from_nanos(i64::try_from((window * draw) >> 48).unwrap_or_default())
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
    fn due_by_age_and_by_cutoff() {
        let never = Renewal { period: None, cutoff: None };
        let hourly = Renewal { period: Some(SignedDuration::from_hours(1)), cutoff: None };
        let cut = |second| Renewal { cutoff: Some(at(second)), ..hourly };
        let cases = [
            ("never", never, None),
            ("by age", hourly, Some(at(4_600))),
            ("cut off", cut(2_000), Some(at(2_000))),
            ("newer than the cut-off", cut(500), Some(at(4_600))),
            ("of the cut-off's second", cut(1_000), Some(at(4_600))),
            ("a cut-off after its time", cut(9_000), Some(at(4_600))),
            ("cut off, never by age", Renewal { period: None, ..cut(2_000) }, Some(at(2_000))),
            ("longer than time", Renewal { period: Some(SignedDuration::MAX), cutoff: None }, None),
        ];
        for (name, renewal, expected) in cases {
            assert_eq!(due(fingerprint("0"), at(1_000), renewal), expected, "{name}");
        }
    }

    #[test]
    fn what_a_newer_key_answered_is_not_what_the_newest_asks() {
        let renewal = Renewal { period: None, cutoff: None };
        let rules = Rules { prefix: "p".into(), origin: String::new(), renewal };
        let key = |name: &str, since, asked: bool| KeySecret {
            name: name.into(),
            standing: Standing::Active {
                fingerprint: fingerprint(name),
                since: at(since),
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

    #[test]
    fn jitter_is_early_by_a_tenth_or_a_day() {
        let [hour, year] = [1, 8_760].map(SignedDuration::from_hours);
        assert_eq!(jitter(fingerprint("0"), hour), SignedDuration::ZERO);
        assert!((hour / 10 - jitter(fingerprint("f"), hour)).as_micros() == 0);
        assert_eq!(jitter(fingerprint("8"), hour).as_secs(), 191);
        assert!(jitter(fingerprint("f"), year) < JITTER);
        assert!(jitter(fingerprint("f"), SignedDuration::MAX) < JITTER);
    }
}
