//! [`Retries::next`]: which wrapped key is tried next, and when. Pure.
//!
//! Decided: one call at a time, keys that were never tried first, and those the newest first; each key has its own backoff. A thousand
//! planted keys cost one refused call each, and then wait longer and longer, while a new key is tried at once.

use crate::keys::store::wrapped_secret::{WrappedId, WrappedSecret};
use crate::process::backoff::Backoff;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// When keys that failed are tried again.
#[derive(Debug, Default)]
pub(crate) struct Retries(BTreeMap<WrappedId, Retry>);

#[derive(Debug)]
struct Retry {
    failures: u32,
    backoff: Backoff,
    due: Instant,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Next {
    Try(Arc<WrappedSecret>),
    /// None: until the keys change.
    Wait(Option<Instant>),
}

impl Retries {
    /// Which of the waiting keys, newest first, is next.
    pub(crate) fn next(&mut self, waiting: &[Arc<WrappedSecret>], now: Instant) -> Next {
        self.0.retain(|id, _| waiting.iter().any(|wrapped| wrapped.id == *id));
        let never_tried = waiting.iter().find(|wrapped| !self.0.contains_key(&wrapped.id));
        if let Some(wrapped) = never_tried {
            return Next::Try(Arc::clone(wrapped));
        }
        let retries = waiting.iter().filter_map(|wrapped| Some((wrapped, self.0.get(&wrapped.id)?)));
        // What has failed least is the least likely to be planted.
        let due =
            retries.clone().filter(|(_, retry)| retry.due <= now).min_by_key(|(_, retry)| retry.failures);
        match due {
            Some((wrapped, _)) => Next::Try(Arc::clone(wrapped)),
            None => Next::Wait(retries.map(|(_, retry)| retry.due).min()),
        }
    }

    /// Notes that a key failed, and returns the delay before it is tried again.
    pub(crate) fn failed(&mut self, id: WrappedId, now: Instant) -> Duration {
        let retry = self.0.entry(id).or_insert_with(|| Retry {
            failures: 0,
            backoff: BACKOFF.with_jitter(),
            due: now,
        });
        retry.failures += 1;
        let delay = retry.backoff.next_delay();
        retry.due = now + delay;
        delay
    }

    /// How often a key has failed.
    pub(crate) fn failures(&self, id: WrappedId) -> u32 {
        self.0.get(&id).map_or(0, |retry| retry.failures)
    }

    /// Tries all keys at once, because a provider answers again.
    pub(crate) fn all_due(&mut self, now: Instant) {
        self.0.values_mut().for_each(|retry| retry.due = now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::test_wrapped::{pair, read, wrapped_secret};

    fn names(next: &Next) -> Option<&str> {
        match next {
            Next::Try(wrapped) => Some(&wrapped.name),
            Next::Wait(_) => None,
        }
    }

    #[test]
    fn a_new_key_comes_before_those_that_failed_and_each_waits_for_itself() {
        let wrapped = |name: &str, since| read(wrapped_secret(name, &pair(since))).1;
        let (old, new) = (wrapped("old", 1_000), wrapped("new", 2_000));
        let both = [Arc::clone(&new), Arc::clone(&old)];
        let (mut retries, start) = (Retries::default(), Instant::now());
        assert_eq!(names(&retries.next(&both, start)), Some("new"));
        let first = retries.failed(new.id, start);
        assert_eq!(names(&retries.next(&both, start)), Some("old"));
        let second = start + Duration::from_millis(100);
        retries.failed(old.id, second);
        let Next::Wait(Some(due)) = retries.next(&both, second) else { panic!("nothing is due") };
        assert!(due <= start + first, "{due:?}");
        // A key that comes now is tried now.
        let newest = wrapped("newest", 3_000);
        let all = [newest, Arc::clone(&new), Arc::clone(&old)];
        assert_eq!(names(&retries.next(&all, second)), Some("newest"));
        // What is gone is forgotten, and a success brings the others forward.
        retries.all_due(second);
        assert!(names(&retries.next(&both, second)).is_some());
        assert!(matches!(retries.next(&[], second), Next::Wait(None)));
        assert!(retries.0.is_empty());
    }

    #[test]
    fn delays_grow_for_each_key_up_to_a_minute() {
        let wrapped = read(wrapped_secret("a", &pair(1_000))).1;
        let (mut retries, now) = (Retries::default(), Instant::now());
        let delays: Vec<_> = (0..10).map(|_| retries.failed(wrapped.id, now)).collect();
        assert!(delays[0] <= Duration::from_secs(1) && delays[9] >= Duration::from_secs(30), "{delays:?}");
    }
}
