//! [`LeasePermission`]: whether RBAC denies this replica the use of Leases for good, or the Role is only not known yet. Pure.
//!
//! It cannot know whether other replicas may use Leases. Example: the Role is deleted, or binds another ServiceAccount, and a replica
//! starts without `--leader-elect`. After some seconds it leads beside the elected leader, without a fence. Keys and Secrets stay
//! correct: keys have one name for each date, and Secrets are created, or replaced in the version that was read. Both replicas may write
//! statuses and events. `--leader-elect=true`, as in the chart, prevents this. A replica that
//! has seen a Lease, held or not, never leads without one. A replica that may read Leases and finds none for that time leads until
//! there is one: a leader that lives would have created one.

use crate::process::boot_clock::Moment;
use std::time::Duration;

/// For how long the API server must answer 403, while the keys can be read. A new Role takes a moment until every API server knows
/// it, and a wrong answer here makes a leader that was not elected; but where the Role of upstream's chart does not name Leases, all
/// work waits for this time at each start.
const CERTAIN: Duration = Duration::from_secs(5);

/// Since when every answer has been 403.
#[derive(Debug, Default)]
pub(crate) struct LeasePermission(Option<Moment>);

impl LeasePermission {
    /// Records a failure. True once it is certain that RBAC denies the use of Leases.
    pub(crate) fn failed(&mut self, forbidden: bool, now: Moment) -> bool {
        if !forbidden {
            self.0 = None;
            return false;
        }
        self.0.get_or_insert(now).until(now) >= CERTAIN
    }

    /// Whether the last answer was 403, and it is not certain yet.
    pub(crate) const fn is_in_doubt(&self) -> bool {
        self.0.is_some()
    }

    /// Starts again: a request succeeded.
    pub(crate) const fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_forbidden_for_long_and_all_the_time() {
        let at = |seconds| Moment::at(Duration::from_secs(seconds));
        let mut permission = LeasePermission::default();
        for (second, forbidden, expected) in [
            (100, true, false),
            (104, true, false),
            (105, true, true),
            (106, false, false),
            (107, true, false),
            (111, true, false),
            (112, true, true),
        ] {
            assert_eq!(permission.failed(forbidden, at(second)), expected, "at {second}");
            assert_eq!(permission.is_in_doubt(), forbidden, "at {second}");
        }
        permission.forget();
        assert!(!permission.failed(true, at(200)));
    }
}
