//! [`Misdated`]: how many keys have dates that do not fit the API server's clock, for `/readyz?verbose` and metrics. Pure.
//!
//! What renewal does about them is in [`dates`](crate::keys::renewal::key_age). This is for people: a clock is wrong somewhere, or was when those
//! keys were made, and nothing else shows it.
//!
//! Decided: of keys that are made by one clock and stored by another only the newest counts. The others are part of no date any
//! more, and stay for years: what never ends warns of nothing. A certificate from before its Secret is no sign: so is each that
//! was restored. A key that was put into an older Secret looks like one of another clock.

use crate::keys::renewal::observed::Observed;
use crate::keys::renewal::schedule::{Rules, active, newest};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt;

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misdated {
    /// From the future: that clock is behind, or was ahead when they were made.
    pub future: usize,
    /// Whether the newest's certificate is from long after its Secret: they were dated by different clocks.
    pub apart: bool,
}

impl Misdated {
    pub(crate) fn among(seen: &Observed, rules: &Rules, now: Timestamp) -> Self {
        let future = active(seen).filter(|key| key.dates.is_future(now)).map(|key| key.fingerprint);
        let apart = newest(seen, rules, now).and_then(|key| key.dates.apart());
        Self {
            // A key may stand in two Secrets.
            future: future.collect::<BTreeSet<_>>().len(),
            apart: apart.is_some_and(|apart| apart.is_positive()),
        }
    }

    /// Whether there is any.
    pub(crate) fn any(self) -> bool {
        self.future > 0 || self.apart
    }

    /// The same, as metrics call it.
    pub(crate) fn by_reason(self) -> [(&'static str, usize); 2] {
        [("future", self.future), ("apart", usize::from(self.apart))]
    }
}

impl fmt::Display for Misdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let future = (self.future > 0).then(|| format!(", {} from the future", self.future));
        let apart = self.apart.then(|| ", the newest made by one and stored by another".to_owned());
        let said: String = future.into_iter().chain(apart).collect();
        f.write_str(if said.is_empty() { "one clock" } else { "different clocks" })?;
        f.write_str(&said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::Renewal;
    use crate::keys::renewal::key_age::Dates;
    use crate::keys::renewal::observed::{KeySecret, Standing};

    const HOUR: i64 = 3_600;

    /// Of keys with these dates, in hours: of the Secret, and of the certificate.
    fn misdated(keys: &[(i64, i64)], now: i64) -> (usize, bool) {
        let at = |hour| Timestamp::from_second(hour * HOUR).unwrap();
        let secrets = keys.iter().enumerate().map(|(index, (since, valid_from))| {
            let fingerprint = format!("{:064x}", *valid_from).parse().unwrap();
            let dates = Dates { since: at(*since), valid_from: at(*valid_from) };
            let standing = Standing::Active { fingerprint, dates, asked: None };
            KeySecret { name: index.to_string(), standing, answers: Vec::new() }
        });
        let seen = Observed { secrets: secrets.collect(), had_any: true };
        let renewal = Renewal { period: None, cutoff: None };
        let rules = Rules { prefix: "p".into(), origin: String::new(), renewal };
        let Misdated { future, apart } = Misdated::among(&seen, &rules, at(now));
        (future, apart)
    }

    #[test]
    fn keys_from_the_future_and_a_newest_of_two_clocks() {
        for (what, keys, now, expected) in [
            ("none", &[][..], 1, (0, false)),
            ("all is well", &[(1, 1), (2, 2)], 3, (0, false)),
            ("the clock is behind", &[(5, 5), (6, 6)], 3, (2, false)),
            ("one of them was made by a clock that was ahead", &[(1, 1), (6, 6)], 3, (1, false)),
            ("and stands in two Secrets", &[(1, 1), (6, 6), (7, 6)], 3, (1, false)),
            ("the newest was made by a clock that is ahead", &[(1, 1), (2, 9)], 9, (0, true)),
            ("and is not any more", &[(1, 1), (2, 9)], 3, (0, true)),
            ("it has been renewed since", &[(1, 1), (2, 9), (3, 3)], 4, (0, false)),
            ("restored", &[(9, 1)], 10, (0, false)),
        ] {
            assert_eq!(misdated(keys, now), expected, "{what}");
        }
    }

    #[test]
    fn it_says_which() {
        let said = |future, apart| Misdated { future, apart }.to_string();
        assert_eq!(said(0, false), "one clock");
        assert_eq!(said(2, false), "different clocks, 2 from the future");
        let both = "different clocks, 2 from the future, the newest made by one and stored by another";
        assert_eq!(said(2, true), both);
        assert!(!Misdated { future: 0, apart: false }.any() && Misdated { future: 0, apart: true }.any());
    }
}
