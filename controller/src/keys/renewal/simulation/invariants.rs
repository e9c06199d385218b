//! What holds at any time for a replica that runs and has current records.

use crate::config::keys::Renewal;
use crate::keys::key_age::{CLOCK_TOLERANCE, KeyAge};
use crate::keys::published::{Validity, published};
use crate::keys::renewal::simulation::model::{DAY, Model};
use jiff::{SignedDuration, Timestamp};

impl Model {
    /// The newest key is within its period and not from before the cut-off; no key is published early, or before it is valid.
    pub(crate) fn check(&self, replica: usize) {
        let now = self.time(replica);
        let mut all: Vec<KeyAge> = self.views[replica].active().map(|key| key.age).collect();
        all.sort_by_key(|key| std::cmp::Reverse(key.ordered_by(now)));
        let present = all.iter().filter(|key| !key.is_future(now));
        if let Some(newest) = present.map(|key| key.counted_from(now)).max() {
            let Renewal { period, cutoff } = self.renewal;
            let age = now.duration_since(newest);
            assert!(period.is_none_or(|period| age <= period), "{age:?} old");
            let cutoff = cutoff.filter(|cutoff| *cutoff <= now - CLOCK_TOLERANCE);
            assert!(cutoff.is_none_or(|cutoff| newest >= cutoff), "from before the cut-off");
        }
        let delay = SignedDuration::from_secs(DAY);
        let validity = |key: &KeyAge| Validity { from: key.valid_from, until: Timestamp::MAX };
        let is_valid = |key: &&KeyAge| validity(key).includes(now);
        let dated: Vec<_> = all.iter().map(|key| (*key, *key, validity(key))).collect();
        if let Some(served) = published(&dated, delay, now) {
            let is_old_enough = |key: &KeyAge| now.duration_since(key.counted_from(now)) >= delay;
            let mut valid = all.iter().filter(is_valid).filter(|key| !key.is_future(now));
            assert!(is_old_enough(served) || !valid.any(is_old_enough), "a key was published early");
            let any_is_valid = all.iter().any(|key| is_valid(&key));
            assert!(!any_is_valid || is_valid(&served), "a certificate was published that is not valid yet");
        }
    }
}
