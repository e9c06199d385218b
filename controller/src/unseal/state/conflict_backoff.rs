//! [`ConflictBackoff`]: growing delays between writes that another client reverts each time. No clock: the time is an argument.

use crate::process::backoff::Backoff;
use std::time::{Duration, Instant};

/// Writes over another client's changes, in quick succession; None if there were none.
#[derive(Debug, Default)]
pub(crate) struct ConflictBackoff(Option<Writes>);

#[derive(Debug)]
struct Writes {
    /// Of the SealedSecret: a new generation starts from the beginning.
    generation: Option<i64>,
    count: u32,
    last: Instant,
}

/// Writes in quick succession without a delay: an edit, its reversal, and one more.
const FREE_WRITES: u32 = 3;

const DELAYS: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_mins(5));

/// The count starts from the beginning after this long without a write.
const FORGET_AFTER: Duration = Duration::from_mins(15);

impl ConflictBackoff {
    /// Whether there was a write not long ago: then another client made the present difference.
    pub(crate) fn is_active(&self, generation: Option<i64>, now: Instant) -> bool {
        self.0.as_ref().is_some_and(|writes| {
            writes.generation == generation && now.saturating_duration_since(writes.last) < FORGET_AFTER
        })
    }

    /// How long the next write has to wait; None if it may happen now.
    pub(crate) fn delay(&self, generation: Option<i64>, now: Instant) -> Option<Duration> {
        let writes = self.0.as_ref().filter(|_| self.is_active(generation, now))?;
        let more = writes.count.checked_sub(FREE_WRITES).filter(|more| *more > 0)?;
        let left = DELAYS.after(more).checked_sub(now.saturating_duration_since(writes.last))?;
        (!left.is_zero()).then_some(left)
    }

    /// Counts a write. An attempt that wrote nothing does not count, because no other client saw it.
    pub(crate) fn record(&mut self, generation: Option<i64>, now: Instant) {
        let before = self.0.as_ref().filter(|_| self.is_active(generation, now));
        let count = before.map_or(0, |writes| writes.count).saturating_add(1);
        self.0 = Some(Writes { generation, count, last: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_delayed_more_and_more_and_forgotten_after_a_quiet_time() {
        let (mut backoff, start) = (ConflictBackoff::default(), Instant::now());
        let mut write = |generation, now| {
            let delay = backoff.delay(Some(generation), now);
            if delay.is_none() {
                backoff.record(Some(generation), now);
            }
            delay
        };
        // Every write is undone at once, for ten minutes.
        let tries = (0..6_000).map(|tenth| start + Duration::from_millis(100) * tenth);
        let written = tries.filter(|now| write(1, *now).is_none()).count();
        assert!((8..20).contains(&written), "{written}");
        let end = start + Duration::from_mins(10);
        let wait = write(1, end).unwrap();
        assert_eq!(write(1, end), Some(wait), "an attempt that wrote nothing does not make it longer");
        assert_eq!(write(1, end + wait), None, "and then its time has come");
        assert_eq!(write(2, end), None, "another generation has its own count");
        let later = end + Duration::from_hours(2);
        assert!((1..=3).all(|_| write(2, later).is_none()), "after a quiet time, at once");
    }

    #[test]
    fn attempts_that_wrote_nothing_do_not_count() {
        let (backoff, now) = (ConflictBackoff::default(), Instant::now());
        assert!((0..100).all(|_| backoff.delay(Some(1), now).is_none()));
        assert!(!backoff.is_active(Some(1), now));
    }
}
