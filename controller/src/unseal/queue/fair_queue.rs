//! [`FairQueue`]: which namespace is next, if there are fewer places than work. Pure: the time is an argument.
//!
//! Decided: the namespace whose work has taken the least time so far is next, instead of the one that came first: one
//! namespace with a hundred objects that take a second each would keep all others waiting for minutes.
//!
//! Decided: some places are kept for namespaces that have none, instead of a limit for each namespace. A namespace that is alone has all
//! others, so that it is restored as fast as the machine can; and one whose work never ends, such as behind a webhook that hangs, cannot
//! take them all.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// A number of places, and the work that has one or waits for one.
#[derive(Debug)]
pub(crate) struct FairQueue<T> {
    free: usize,
    /// How many of the places only a namespace without one may take.
    kept: usize,
    by_namespace: HashMap<String, Share<T>>,
}

/// The work of one namespace.
#[derive(Debug)]
struct Share<T> {
    /// How long its work has taken; of the work under way, the time until `as_of`.
    taken: Duration,
    as_of: Instant,
    running: u32,
    waiting: VecDeque<T>,
}

/// Work that has taken a place just now, with its namespace. All of it has to be begun, or its places given up with
/// [`leave`](FairQueue::leave).
pub(crate) type Due<T> = VecDeque<(String, T)>;

impl<T> FairQueue<T> {
    /// `kept` of the places are for namespaces that have none.
    pub(crate) fn new(places: usize, kept: usize) -> Self {
        Self { free: places, kept, by_namespace: HashMap::new() }
    }

    /// Lets work wait for a place. Returns the work that has one now: usually this, or none.
    #[must_use]
    pub(crate) fn enter(&mut self, namespace: &str, work: T, now: Instant) -> Due<T> {
        let least = self.least_taken(now);
        let share = self.by_namespace.entry(namespace.to_owned()).or_insert_with(|| Share {
            taken: Duration::ZERO,
            as_of: now,
            running: 0,
            waiting: VecDeque::new(),
        });
        if !share.is_busy() {
            // A namespace gets no credit for idle time.
            share.taken = share.taken.max(least);
        }
        share.waiting.push_back(work);
        self.due()
    }

    /// Gives up a place of this namespace. Returns the work that takes it, or more, if it was one that is not kept any more.
    #[must_use]
    pub(crate) fn leave(&mut self, namespace: &str, now: Instant) -> Due<T> {
        let least = self.least_taken(now);
        if let Some(share) = self.by_namespace.get_mut(namespace) {
            share.running = share.running.saturating_sub(1);
            self.free += 1;
        }
        // A namespace that took more than others is remembered until those have taken as much, or no work is left.
        let alone = self.by_namespace.values().all(|share| !share.is_busy());
        self.by_namespace.retain(|_, share| share.is_busy() || (!alone && share.taken > least));
        self.due()
    }

    /// Drops work that waits and is not wanted any more.
    pub(crate) fn retain_waiting(&mut self, is_wanted: impl Fn(&T) -> bool) {
        for share in self.by_namespace.values_mut() {
            share.waiting.retain(&is_wanted);
        }
    }

    /// How long the work of the namespace that took least has taken, among those that have work.
    fn least_taken(&mut self, now: Instant) -> Duration {
        for share in self.by_namespace.values_mut() {
            share.taken += now.saturating_duration_since(share.as_of) * share.running;
            share.as_of = now;
        }
        let busy = self.by_namespace.values().filter(|share| share.is_busy());
        busy.map(|share| share.taken).min().unwrap_or_default()
    }

    /// All that may begin. Only after [`least_taken`](Self::least_taken), which brings all namespaces to the same time.
    fn due(&mut self) -> Due<T> {
        std::iter::from_fn(|| self.next()).collect()
    }

    fn next(&mut self) -> Option<(String, T)> {
        let free = self.free.checked_sub(1)?;
        let only_first = free < self.kept;
        let may_begin = |share: &Share<T>| !share.waiting.is_empty() && (share.running == 0 || !only_first);
        let waiting = self.by_namespace.iter_mut().filter(|(_, share)| may_begin(share));
        let (namespace, share) = waiting.min_by_key(|(_, share)| (share.taken, share.running))?;
        let work = share.waiting.pop_front()?;
        share.running += 1;
        self.free = free;
        Some((namespace.clone(), work))
    }
}

impl<T> Share<T> {
    fn is_busy(&self) -> bool {
        self.running > 0 || !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests;
