//! Which key is published: the one whose certificate is served and resealed to. Computed anew for each request, so that no timer
//! can be late.
//!
//! With `--key-publish-delay` that is not the newest key: a new key unseals at once, in every replica, but its certificate is not
//! served before a backup, or another cluster, has had that long to fetch the key.
//!
//! A certificate that has expired, or whose validity has not begun, is not served while another key has a valid one: kubeseal
//! refuses the first, and the second is a mistake or an attempt to remain the newest for years. Where no certificate is valid, all
//! are treated as if they were: the client's error then says what is wrong with the certificate, and a wrong clock may be the
//! reason. Unsealing tries every key, and renewal goes by its own dates.
//!
//! Decided: where no key is old enough the oldest is served, so the first key of a cluster is served at once. Refusing would keep
//! a new cluster from sealing at all, and protect nothing: where nothing has been sealed, no backup is needed. Where all keys are
//! dated in the future, a clock is wrong, and the newest is served, as without a delay.

use crate::config::key_wrapping::KeyWrapping;
use crate::keys::key_age::{CLOCK_TOLERANCE, KeyAge};
use crate::keys::renewal::schedule::Schedule;
use crate::keys::store::key_records::KeyState;
use crate::keys::store::ring::SharedRing;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyRing, KeyWait, SealingKey};
use std::collections::BTreeSet;
use std::sync::Arc;

impl SharedRing {
    /// The key of a snapshot whose certificate is served and resealed to.
    pub(crate) fn published<'a>(&self, ring: &'a KeyRing) -> Option<&'a SealingKey> {
        let (now, state) = (self.clock().now(), self.state());
        // The newest by renewal's order, which another clock than that of the key before it may have dated, comes first.
        let newest = Schedule::new(&state.records, self.settings(), now).newest().map(|key| key.fingerprint);
        let is_newest = |key: &&SealingKey| Some(key.fingerprint()) == newest;
        // A key in plain that only opens is not among the records' active keys.
        // One whose escrow copy is not stored could be lost.
        let served: BTreeSet<_> = state.records.active().map(|key| key.fingerprint).collect();
        let served = &served - &state.without_copy;
        let newest_first = ring.iter().filter(is_newest).chain(ring.iter().filter(|key| !is_newest(key)));
        let served = newest_first.filter(|key| served.contains(&key.fingerprint()));
        let dated: Vec<_> = served.map(|key| (key, KeyAge::of(key), Validity::of(key))).collect();
        published(&dated, self.settings().publish_delay, now).copied()
    }
}

impl SharedRing {
    /// Why no certificate is served.
    pub(crate) fn why_none_is_published(&self) -> &'static str {
        let state = self.state();
        let records = Arc::clone(&state.records);
        let waiting = state.ring.waiting();
        if !waiting.is_empty() && waiting.values().all(|wait| *wait == KeyWait::NoAnswer) {
            "the sealing keys are wrapped, and not unwrapped yet: the key management service does not answer\n"
        } else if !waiting.is_empty() {
            "the sealing keys are wrapped, and not unwrapped yet: the key management service did not open them\n"
        } else if !state.without_copy.is_empty() {
            "the escrow copy of the sealing key is not stored yet\n"
        } else if records.newest_that_only_opens().is_some() {
            "sealing keys have to be wrapped (--key-wrap-required), and those that are there are in plain; a wrapped one is made once the key \
             management service answers\n"
        } else if records.any(KeyState::Closed) {
            "the sealing keys are wrapped, and no key management service opens them\n"
        } else if !records.had_any && self.settings().wrapping.as_ref().is_some_and(KeyWrapping::wraps) {
            "there is no sealing key yet: the first one is made once the key management service answers\n"
        } else {
            "there is no sealing key yet\n"
        }
    }
}

/// When a certificate is valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Validity {
    fn of(key: &SealingKey) -> Self {
        let certificate = key.pair().certificate();
        Self { from: certificate.not_before(), until: certificate.not_after() }
    }

    /// Clocks may differ a little about the start; after the end, clients refuse the certificate.
    pub(crate) fn includes(&self, now: Timestamp) -> bool {
        self.from.duration_since(now) <= CLOCK_TOLERANCE && now <= self.until
    }
}

/// The published key of these, which are ordered newest first.
pub(crate) fn published<K>(
    newest_first: &[(K, KeyAge, Validity)],
    delay: SignedDuration,
    now: Timestamp,
) -> Option<&K> {
    let valid = newest_first.iter().filter(|(.., validity)| validity.includes(now));
    old_enough(valid, delay, now).or_else(|| old_enough(newest_first.iter(), delay, now))
}

/// The newest key that is old enough, else the oldest, else the newest of those dated in the future.
fn old_enough<'a, K: 'a>(
    mut newest_first: impl Iterator<Item = &'a (K, KeyAge, Validity)> + Clone,
    delay: SignedDuration,
    now: Timestamp,
) -> Option<&'a K> {
    let present = newest_first.clone().filter(|(_, age, _)| !age.is_future(now));
    // Without a delay a clock that is a little behind changes nothing.
    let is_old_enough = |age: &KeyAge| delay.is_zero() || now.duration_since(age.counted_from(now)) >= delay;
    let old_enough = present.clone().find(|(_, age, _)| is_old_enough(age));
    old_enough.or_else(|| present.last()).or_else(|| newest_first.next()).map(|(key, ..)| key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::store::ring::tests::a_key;
    use crate::keys::test_wrapped::{pair, wrapped_secret};
    use k8s_openapi::api::core::v1::Secret;

    const YEAR: i64 = 31_536_000;

    /// A name; when the keys were made; the delay; now; the key that is served.
    type Case = (&'static str, &'static [i64], i64, i64, Option<i64>);

    #[test]
    fn what_keeps_a_certificate_from_being_served_is_named() {
        let service = ["--key-wrap-with=kmsv2:unix:///run/kms/kms.sock", "--cluster-name=prod"];
        let wrapped = || wrapped_secret("wrapped", &pair(1_000));
        let escrow = [
            "--key-wrap-with=age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm",
            "--cluster-name=prod",
        ];
        let cases: [(&[&str], Vec<Secret>, &str); 6] = [
            (&escrow, vec![a_key()], "the escrow copy of the sealing key is not stored yet\n"),
            (&[], vec![], "there is no sealing key yet\n"),
            (
                &service,
                vec![],
                "there is no sealing key yet: the first one is made once the key management service answers\n",
            ),
            (&service, vec![a_key()], "sealing keys have to be wrapped (--key-wrap-required), and those"),
            (&service, vec![wrapped()], "the sealing keys are wrapped, and not unwrapped yet"),
            (&[], vec![wrapped()], "the sealing keys are wrapped, and no key management service opens them"),
        ];
        for (flags, secrets, expected) in cases {
            let ring = SharedRing::unread_with(flags);
            ring.show(secrets);
            assert!(ring.published(&ring.snapshot()).is_none(), "{expected}");
            let reason = ring.why_none_is_published();
            assert!(reason.starts_with(expected), "{reason}");
        }
    }

    #[test]
    fn the_newest_that_is_old_enough() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let dated = |second: &i64| {
            let valid = Validity { from: at(*second), until: at(second + 10 * YEAR) };
            (*second, KeyAge { since: at(*second), valid_from: at(*second) }, valid)
        };
        let cases: [Case; 10] = [
            ("none", &[], 0, 0, None),
            ("the first, at once", &[1_000], 3_600, 1_000, Some(1_000)),
            ("no delay", &[1_000, 500], 0, 1_000, Some(1_000)),
            ("no delay, a clock that is behind", &[1_000, 500], 0, 999, Some(1_000)),
            ("too new", &[1_000, 500], 100, 1_099, Some(500)),
            ("old enough", &[1_000, 500], 100, 1_100, Some(1_000)),
            ("all too new: the oldest", &[1_000, 950, 900], 500, 1_000, Some(900)),
            ("in the future", &[YEAR, 500], 0, 1_000, Some(500)),
            ("all in the future", &[2 * YEAR, YEAR], 100, 1_000, Some(2 * YEAR)),
            ("one in the future, one too new", &[YEAR, 900], 500, 1_000, Some(900)),
        ];
        for (name, keys, delay, now, expected) in cases {
            let keys: Vec<_> = keys.iter().map(dated).collect();
            let served = published(&keys, SignedDuration::from_secs(delay), at(now));
            assert_eq!(served.copied(), expected, "{name}");
        }
    }

    #[test]
    fn a_certificate_that_is_not_valid_is_served_only_where_none_is() {
        // Its name; its date; its validity.
        type Key = (&'static str, i64, (i64, i64));
        const OLD: Key = ("old", 100, (100, YEAR));
        const EXPIRED: Key = ("expired", 900, (900, 950));
        const FUTURE: Key = ("future", 950, (10 * YEAR, 20 * YEAR));
        const SKEWED: Key = ("ahead by a clock's error", 990, (1_100, YEAR));
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let cases: [(&[Key], i64, Option<&str>); 7] = [
            (&[FUTURE, OLD], 0, Some("old")),
            (&[EXPIRED, OLD], 0, Some("old")),
            (&[FUTURE, EXPIRED, OLD], 0, Some("old")),
            (&[SKEWED, OLD], 0, Some("ahead by a clock's error")),
            (&[FUTURE, OLD], 5_000, Some("old")),
            (&[FUTURE, EXPIRED], 0, Some("future")),
            (&[EXPIRED], 0, Some("expired")),
        ];
        for (keys, delay, expected) in cases {
            let dated = |(name, since, (from, until)): &Key| {
                let (from, until) = (at(*from), at(*until));
                (*name, KeyAge { since: at(*since), valid_from: from }, Validity { from, until })
            };
            let all: Vec<_> = keys.iter().map(dated).collect();
            let served = published(&all, SignedDuration::from_secs(delay), at(1_000));
            assert_eq!(served.copied(), expected, "{keys:?}");
        }
    }
}
