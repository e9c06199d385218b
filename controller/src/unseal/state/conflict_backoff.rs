//! [`Quarrel`]: something that another client undoes again and again, and how patiently it is put right. No clock: the time is
//! an argument.

use crate::unseal::requeue;
use std::time::{Duration, Instant};

/// What was put right in quick succession, if anything was.
#[derive(Debug, Default)]
pub(crate) struct Quarrel(Option<Rounds>);

#[derive(Debug)]
struct Rounds {
    /// Of the SealedSecret; another one is another story.
    generation: Option<i64>,
    count: u32,
    last: Instant,
}

/// Rounds in quick succession without a pause: one edit, and an undo, and one for good measure.
const FREE_ROUNDS: u32 = 3;

/// Peace for so long, and the quarrel is forgotten.
const PEACE: Duration = Duration::from_mins(15);

impl Quarrel {
    /// Whether it was put right before, not long ago: then another client made what differs now.
    pub(crate) fn goes_on(&self, generation: Option<i64>, now: Instant) -> bool {
        self.0.as_ref().is_some_and(|rounds| {
            rounds.generation == generation && now.saturating_duration_since(rounds.last) < PEACE
        })
    }

    /// Whether it may be put right now, else how long to wait. What is undone each time is put right ever more rarely.
    pub(crate) fn may_answer(&self, generation: Option<i64>, now: Instant) -> Result<(), Duration> {
        let Some(rounds) = self.0.as_ref().filter(|_| self.goes_on(generation, now)) else { return Ok(()) };
        let pause = match rounds.count.checked_sub(FREE_ROUNDS) {
            None | Some(0) => Duration::ZERO,
            Some(quarrel) => requeue::delay(quarrel),
        };
        match pause.checked_sub(now.saturating_duration_since(rounds.last)) {
            Some(left) if !left.is_zero() => Err(left),
            _ => Ok(()),
        }
    }

    /// It was put right. What was only tried does not count: no other client saw it.
    pub(crate) fn answered(&mut self, generation: Option<i64>, now: Instant) {
        let before = self.0.as_ref().filter(|_| self.goes_on(generation, now));
        let count = before.map_or(0, |rounds| rounds.count).saturating_add(1);
        self.0 = Some(Rounds { generation, count, last: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_met_ever_more_rarely_and_forgotten_in_peace() {
        let (mut quarrel, start) = (Quarrel::default(), Instant::now());
        let mut answer = |generation, now| {
            let may = quarrel.may_answer(Some(generation), now);
            if may.is_ok() {
                quarrel.answered(Some(generation), now);
            }
            may
        };
        // Every round is undone at once, for ten minutes.
        let tries = (0..6_000).map(|tenth| start + Duration::from_millis(100) * tenth);
        let rounds = tries.filter(|now| answer(1, *now).is_ok()).count();
        assert!((8..20).contains(&rounds), "{rounds}");
        let end = start + Duration::from_mins(10);
        let wait = answer(1, end).unwrap_err();
        assert_eq!(answer(1, end), Err(wait), "asking does not make it longer");
        assert_eq!(answer(1, end + wait), Ok(()), "and then its time has come");
        assert_eq!(answer(2, end), Ok(()), "another generation is another story");
        let later = end + Duration::from_hours(2);
        assert!((1..=3).all(|_| answer(2, later).is_ok()), "after peace, at once");
    }

    #[test]
    fn what_was_only_tried_is_no_quarrel() {
        let (quarrel, now) = (Quarrel::default(), Instant::now());
        assert!((0..100).all(|_| quarrel.may_answer(Some(1), now).is_ok()));
        assert!(!quarrel.goes_on(Some(1), now));
    }
}
