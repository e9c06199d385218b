//! `published`: the key whose certificate is served and resealed to. Pure, and worked out anew for each request, so that no
//! timer can be late.
//!
//! With `--key-publish-delay` that is not the newest: a new key opens at once, in every replica, but nobody seals to it before
//! a backup, or another cluster, had that long to fetch it.
//!
//! Decided: where no key is old enough the oldest is served, so the first key of a cluster is served at once. Refusing would
//! keep a new cluster from sealing at all, and protect nothing: what has never been sealed needs no backup. Where all keys are
//! from the future this machine's clock is wrong, and the newest is served, as without a delay.

use super::dates::Dates;
use jiff::{SignedDuration, Timestamp};

/// Of keys ordered newest first, the one that is published at `now`.
pub(super) fn published<'a, K: ?Sized>(
    mut newest_first: impl Iterator<Item = &'a K> + Clone,
    dates: impl Fn(&K) -> Dates,
    delay: SignedDuration,
    now: Timestamp,
) -> Option<&'a K> {
    let all = newest_first.clone();
    let present = || all.clone().filter(|key| !dates(key).is_future(now));
    // Without a delay a clock that is a little behind changes nothing.
    let is_old_enough = |key: &&K| delay.is_zero() || now.duration_since(dates(key).at(now)) >= delay;
    present().find(is_old_enough).or_else(|| present().last()).or_else(|| newest_first.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: i64 = 31_536_000;

    /// A name; when the keys were made; the delay; now; which is served.
    type Case = (&'static str, &'static [i64], i64, i64, Option<i64>);

    #[test]
    fn the_newest_that_is_old_enough() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let dates = |second: i64| Dates { since: at(second), valid_from: at(second) };
        let cases: [Case; 10] = [
            ("none", &[], 0, 0, None),
            ("the first, at once", &[1_000], 3_600, 1_000, Some(1_000)),
            ("no delay", &[1_000, 500], 0, 1_000, Some(1_000)),
            ("no delay, a clock that is behind", &[1_000, 500], 0, 999, Some(1_000)),
            ("too new", &[1_000, 500], 100, 1_099, Some(500)),
            ("old enough", &[1_000, 500], 100, 1_100, Some(1_000)),
            ("all too new: the oldest", &[1_000, 950, 900], 500, 1_000, Some(900)),
            ("from the future", &[YEAR, 500], 0, 1_000, Some(500)),
            ("all from the future", &[2 * YEAR, YEAR], 100, 1_000, Some(2 * YEAR)),
            ("one of the future, one too new", &[YEAR, 900], 500, 1_000, Some(900)),
        ];
        for (name, keys, delay, now, expected) in cases {
            let delay = SignedDuration::from_secs(delay);
            let served = published(keys.iter(), |second| dates(*second), delay, at(now));
            assert_eq!(served.copied(), expected, "{name}");
        }
    }
}
