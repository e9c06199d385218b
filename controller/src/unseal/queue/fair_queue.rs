//! [`FairQueue`]: which namespace is next, if there are fewer places than work. Pure: the time is an argument.
//!
//! Decided: the namespace whose work has taken the least time so far is next, instead of the one that came first: one
//! namespace with a hundred objects that take a second each would keep all others waiting for minutes. Also instead of
//! a limit for each namespace: a namespace that is alone has every place, so that it is restored as fast as the machine
//! can.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// A number of places, and the work that has one or waits for one.
#[derive(Debug)]
pub(crate) struct FairQueue<T> {
    free: usize,
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

impl<T> FairQueue<T> {
    pub(crate) fn new(places: usize) -> Self {
        Self { free: places, by_namespace: HashMap::new() }
    }

    /// Takes a place for `work`, and returns it. None if no place is free: then `work` waits.
    pub(crate) fn enter(&mut self, namespace: &str, work: T, now: Instant) -> Option<T> {
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
        self.next().map(|(_, work)| work)
    }

    /// Gives up a place of this namespace. Returns the work that takes it, with its namespace.
    pub(crate) fn leave(&mut self, namespace: &str, now: Instant) -> Option<(String, T)> {
        let least = self.least_taken(now);
        if let Some(share) = self.by_namespace.get_mut(namespace) {
            share.running = share.running.saturating_sub(1);
            self.free += 1;
        }
        // A namespace that took more than others is remembered until those have taken as much, or no work is left.
        let alone = self.by_namespace.values().all(|share| !share.is_busy());
        self.by_namespace.retain(|_, share| share.is_busy() || (!alone && share.taken > least));
        self.next()
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

    /// Only after [`least_taken`](Self::least_taken), which brings all namespaces to the same time.
    fn next(&mut self) -> Option<(String, T)> {
        let free = self.free.checked_sub(1)?;
        let waiting = self.by_namespace.iter_mut().filter(|(_, share)| !share.waiting.is_empty());
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
