//! [`ShutOut`]: whether this replica has no right to Leases, or only not yet. Pure.
//!
//! What it cannot know: whether others have the right. Where the Role is taken away, or binds another ServiceAccount, and a
//! replica is started that was not told that there is an election, then after half a minute it leads beside the one that was
//! elected, without a fence. Keys still have one name for each date, and Secrets are created, or replaced in the version that
//! was read; statuses and events may be written by both. `--leader-elect=true`, as in the chart, rules it out. Whoever has
//! seen a Lease, whatever stood in it, is never shut out; who may read them and finds none, which no living leader bears for
//! half a minute, leads until there is one.

use super::clock::Moment;
use std::time::Duration;

/// How long it must be forbidden. A Role that was just made, or an API server that just started, takes some seconds until it
/// is known everywhere; and a wrong answer here makes a leader that nobody elected.
const CERTAIN: Duration = Duration::from_secs(30);

/// Since when it has been forbidden without anything else in between.
#[derive(Debug, Default)]
pub(super) struct ShutOut(Option<Moment>);

impl ShutOut {
    /// Takes in one more failure; whether that makes it certain.
    pub(super) fn failed(&mut self, forbidden: bool, now: Moment) -> bool {
        if !forbidden {
            self.0 = None;
            return false;
        }
        self.0.get_or_insert(now).until(now) >= CERTAIN
    }

    /// Something was done, or shall be tried anew.
    pub(super) const fn forget(&mut self) {
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
            (129, true, false),
            (130, true, true),
            (131, false, false),
            (132, true, false),
            (161, true, false),
            (162, true, true),
        ] {
            assert_eq!(shut_out.failed(forbidden, at(second)), expected, "at {second}");
        }
        shut_out.forget();
        assert!(!shut_out.failed(true, at(200)));
    }
}
