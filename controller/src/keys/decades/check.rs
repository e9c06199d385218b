//! What holds at any time for a controller that is up and sees everything.

use super::world::{DAY, World};
use crate::config::Renewal;
use crate::keys::dates::{Dates, SKEW};
use crate::keys::observed::{KeySecret, Standing};
use crate::keys::published::published;
use jiff::{SignedDuration, Timestamp};

impl World {
    /// The newest key is within its period, and not from before the cut-off.
    pub(super) fn check_age(&self, who: usize) {
        let now = self.time(who);
        let active = |secret: &KeySecret| match secret.standing {
            Standing::Active { dates, .. } => Some(dates),
            _ => None,
        };
        let mut all: Vec<Dates> = self.views[who].secrets.iter().filter_map(active).collect();
        all.sort_by_key(|dates| std::cmp::Reverse(dates.since(now)));
        let ages = all.iter().filter(|dates| !dates.is_future(now)).map(|dates| dates.at(now));
        if let Some(newest) = ages.clone().max() {
            let Renewal { period, cutoff } = self.rules.renewal;
            let age = now.duration_since(newest);
            assert!(period.is_none_or(|period| age <= period), "{age:?} old");
            let cutoff = cutoff.filter(|cutoff| *cutoff <= now - SKEW);
            assert!(cutoff.is_none_or(|cutoff| newest >= cutoff), "from before the cut-off");
        }
        let delay = SignedDuration::from_secs(DAY);
        if let Some(served) = published(all.iter(), |dates| *dates, delay, now) {
            let is_old_enough = |at: Timestamp| now.duration_since(at) >= delay;
            let mut ages = ages;
            assert!(is_old_enough(served.at(now)) || !ages.any(is_old_enough), "a key was published early");
        }
    }
}
