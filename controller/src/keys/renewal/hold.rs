//! [`Hold`]: how long wrapped keys that wait to be unwrapped hold a renewal. Pure.
//!
//! Decided: until the services that wrap new keys have worked for some minutes, instead of until each key was unwrapped or is known not to open. Within
//! that time each key was tried again; and a user who may write Secrets could put a key there that is never known.

use std::time::Duration;
use tokio::time::Instant;

/// Longer than the longest delay before a key is tried again, a few times.
const LONGEST: Duration = Duration::from_mins(3);

/// Since when the services work, while a key waits.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    working_since: Option<Instant>,
    is_reported: bool,
}

impl Hold {
    /// Whether the keys that wait hold a renewal. `work`: whether each provider that wraps is known to work.
    pub(crate) fn lasts(&mut self, work: bool, now: Instant) -> bool {
        if !work {
            self.working_since = None;
        }
        let lasted = |since: Instant| now.duration_since(since);
        !work || lasted(*self.working_since.get_or_insert(now)) < LONGEST
    }

    /// Whether it was not reported yet.
    pub(crate) fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.is_reported, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_until_the_services_have_worked_for_minutes() {
        let (start, mut hold) = (Instant::now(), Hold::default());
        let at = |minutes| start + Duration::from_mins(minutes);
        let hour = 60;
        for (work, minute, lasts) in [
            (false, 0, true),
            (false, hour, true),
            (true, hour + 1, true),
            (true, hour + 3, true),
            (true, hour + 4, false),
            // It went away again.
            (false, hour + 5, true),
            (true, hour + 6, true),
            (true, hour + 9, false),
        ] {
            assert_eq!(hold.lasts(work, at(minute)), lasts, "{minute}");
        }
        assert!(hold.is_news() && !hold.is_news());
    }
}
