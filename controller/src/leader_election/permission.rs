//! [`ShutOut`]: whether this replica has no right to Leases, or only not yet. Pure.
//!
//! What it cannot know: whether others have the right. Where the Role is taken away, or binds another ServiceAccount, and a
//! replica is started that was not told that there is an election, then after some seconds it leads beside the one that was
//! elected, without a fence. Keys still have one name for each date, and Secrets are created, or replaced in the version that
//! was read; statuses and events may be written by both. `--leader-elect=true`, as in the chart, rules it out. A replica that
//! has seen a Lease, whatever stood in it, is never shut out; one that may read them and finds none, which no living leader bears for
//! that long, leads until there is one.

use crate::process::boot_clock::Moment;
use std::time::Duration;

/// How long it must be forbidden, to one who may read the keys. A Role that was just made takes a moment until every API
/// server knows of it, and a wrong answer here makes a leader that was not elected; but where upstream's chart gives no such
/// right, all work waits for this at each start.
const CERTAIN: Duration = Duration::from_secs(5);

/// Since when it has been forbidden without anything else in between.
#[derive(Debug, Default)]
pub(crate) struct ShutOut(Option<Moment>);

impl ShutOut {
    /// Takes in one more failure; whether that makes it certain.
    pub(crate) fn failed(&mut self, forbidden: bool, now: Moment) -> bool {
        if !forbidden {
            self.0 = None;
            return false;
        }
        self.0.get_or_insert(now).until(now) >= CERTAIN
    }

    /// Whether it has been forbidden, and may become certain.
    pub(crate) const fn is_in_doubt(&self) -> bool {
        self.0.is_some()
    }

    /// Something was done, or shall be tried anew.
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
        let mut shut_out = ShutOut::default();
        for (second, forbidden, expected) in [
            (100, true, false),
            (104, true, false),
            (105, true, true),
            (106, false, false),
            (107, true, false),
            (111, true, false),
            (112, true, true),
        ] {
            assert_eq!(shut_out.failed(forbidden, at(second)), expected, "at {second}");
            assert_eq!(shut_out.is_in_doubt(), forbidden, "at {second}");
        }
        shut_out.forget();
        assert!(!shut_out.failed(true, at(200)));
    }
}
