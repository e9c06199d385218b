//! What holds at any time for a controller that is up and sees everything.

use crate::config::keys::Renewal;
use crate::keys::published::{Validity, published};
use crate::keys::renewal::key_age::{Dates, SKEW};
use crate::keys::renewal::observed::{KeySecret, Standing};
use crate::keys::renewal::simulation::world::{DAY, World};
use jiff::{SignedDuration, Timestamp};

impl World {
    /// The newest key is within its period, and not from before the cut-off.
    pub(crate) fn check_age(&self, who: usize) {
        let now = self.time(who);
        let active = |secret: &KeySecret| match secret.standing {
            Standing::Active { dates, .. } => Some(dates),
            _ => None,
        };
        let mut all: Vec<Dates> = self.views[who].secrets.iter().filter_map(active).collect();
        all.sort_by_key(|dates| std::cmp::Reverse(dates.since(now)));
        let ages = all.iter().filter(|dates| !dates.is_future(now)).map(|dates| dates.at(now));
        if let Some(newest) = ages.max() {
            let Renewal { period, cutoff } = self.rules.renewal;
            let age = now.duration_since(newest);
            assert!(period.is_none_or(|period| age <= period), "{age:?} old");
            let cutoff = cutoff.filter(|cutoff| *cutoff <= now - SKEW);
            assert!(cutoff.is_none_or(|cutoff| newest >= cutoff), "from before the cut-off");
        }
        let delay = SignedDuration::from_secs(DAY);
        let validity = |dates: &Dates| Validity { from: dates.valid_from, until: Timestamp::MAX };
        if let Some(served) = published(all.iter(), |dates| (*dates, validity(dates)), delay, now) {
            let is_old_enough = |at: Timestamp| now.duration_since(at) >= delay;
            let valid = all.iter().filter(|dates| validity(dates).holds(now));
            let mut ages = valid.filter(|dates| !dates.is_future(now)).map(|dates| dates.at(now));
            assert!(is_old_enough(served.at(now)) || !ages.any(is_old_enough), "a key was published early");
            let none_is_valid = all.iter().all(|dates| !validity(dates).holds(now));
            assert!(
                none_is_valid || validity(served).holds(now),
                "a certificate was published that is not valid yet"
            );
        }
    }
}
