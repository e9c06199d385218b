//! [`Turns`]: whose turn it is, where there are not enough places for all that wait. Pure.
//!
//! Decided: the namespace whose turns have taken the least time so far is next, instead of the one that came first: one namespace
//! with a hundred objects that take a second each would keep all others waiting for minutes. Instead of a limit for each, too:
//! a namespace that is alone has every place, and a whole namespace that is restored is restored as fast as the machine can.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Places, and who has or waits for one.
#[derive(Debug)]
pub(crate) struct Turns<T> {
    free: usize,
    by_namespace: HashMap<String, Share<T>>,
}

/// What one namespace has of them.
#[derive(Debug)]
struct Share<T> {
    /// How long its turns have taken, those under way until `as_of`.
    taken: Duration,
    as_of: Instant,
    under_way: u32,
    waiting: VecDeque<T>,
}

impl<T> Turns<T> {
    /// So many at the same time.
    pub(crate) fn new(places: usize) -> Self {
        Self { free: places, by_namespace: HashMap::new() }
    }

    /// Takes a place if there is one, because then none waits. None if `who` has to wait.
    pub(crate) fn come(&mut self, namespace: &str, who: T, now: Instant) -> Option<T> {
        let least = self.least_taken(now);
        let share = self.by_namespace.entry(namespace.to_owned()).or_insert_with(|| Share {
            taken: Duration::ZERO,
            as_of: now,
            under_way: 0,
            waiting: VecDeque::new(),
        });
        if !share.is_busy() {
            // Having done nothing for an hour is no right to an hour.
            share.taken = share.taken.max(least);
        }
        share.waiting.push_back(who);
        self.next().map(|(_, who)| who)
    }

    /// Who is next, and of which namespace, now that one of this namespace has had its turn.
    pub(crate) fn leave(&mut self, namespace: &str, now: Instant) -> Option<(String, T)> {
        let least = self.least_taken(now);
        if let Some(share) = self.by_namespace.get_mut(namespace) {
            share.under_way = share.under_way.saturating_sub(1);
            self.free += 1;
        }
        // A namespace that took more than others is remembered until they have caught up, or none is left.
        let alone = self.by_namespace.values().all(|share| !share.is_busy());
        self.by_namespace.retain(|_, share| share.is_busy() || (!alone && share.taken > least));
        self.next()
    }

    /// How long the turns have taken of the namespace that took least, among those that want any.
    fn least_taken(&mut self, now: Instant) -> Duration {
        for share in self.by_namespace.values_mut() {
            share.taken += now.saturating_duration_since(share.as_of) * share.under_way;
            share.as_of = now;
        }
        let busy = self.by_namespace.values().filter(|share| share.is_busy());
        busy.map(|share| share.taken).min().unwrap_or_default()
    }

    /// At a time at which everything is accounted for.
    fn next(&mut self) -> Option<(String, T)> {
        let free = self.free.checked_sub(1)?;
        let waiting = self.by_namespace.iter_mut().filter(|(_, share)| !share.waiting.is_empty());
        let (namespace, share) = waiting.min_by_key(|(_, share)| (share.taken, share.under_way))?;
        let who = share.waiting.pop_front()?;
        share.under_way += 1;
        self.free = free;
        Some((namespace.clone(), who))
    }
}

impl<T> Share<T> {
    fn is_busy(&self) -> bool {
        self.under_way > 0 || !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests;
