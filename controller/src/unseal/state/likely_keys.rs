//! [`LikelyKeys`]: which keys opened SealedSecrets not long ago. They are tried first on the next one that does not name its key, because
//! what is created together, as when a cluster is restored, is sealed with few keys, which need not be the newest.

use envelope::Fingerprint;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Number of keys that are remembered for each namespace, and for all. A wrong one costs a private-key operation, as any other key does.
const REMEMBERED: usize = 4;

/// At this number of namespaces, all but the list for all namespaces is forgotten, which costs each one operation or a few.
const NAMESPACES: usize = 4_096;

/// The number of objects more that a key must have opened than the one before it, to be tried before that. Not merely the latest first: where three
/// keys take turns, the latest is the wrong one each time.
const AHEAD: u32 = 3;

/// At this number, all are halved: what was opened long ago counts less.
const MANY: u32 = 32;

/// The keys that opened something: those that opened more come first, and a new one before all.
#[derive(Debug, Default)]
pub(crate) struct LikelyKeys(Mutex<Latest>);

#[derive(Debug, Default)]
struct Latest {
    by_namespace: HashMap<String, Vec<Likely>>,
    of_all: Vec<Likely>,
}

#[derive(Debug, Clone, Copy)]
struct Likely {
    key: Fingerprint,
    opened: u32,
}

impl LikelyKeys {
    /// The keys that are likely to open an object of this namespace: first those that opened others of it.
    pub(crate) fn of(&self, namespace: &str) -> Vec<Fingerprint> {
        let latest = self.0.lock();
        let of_namespace = latest.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        let mut likely: Vec<_> = of_namespace.iter().map(|likely| likely.key).collect();
        for Likely { key, .. } in &latest.of_all {
            if !likely.contains(key) {
                likely.push(*key);
            }
        }
        likely
    }

    /// Notes that these keys opened an object of this namespace.
    pub(crate) fn opened<'a>(&self, namespace: &str, keys: impl Iterator<Item = &'a String>) {
        let latest = &mut *self.0.lock();
        if latest.by_namespace.len() >= NAMESPACES && !latest.by_namespace.contains_key(namespace) {
            latest.by_namespace.clear();
        }
        let of_namespace = latest.by_namespace.entry(namespace.to_owned()).or_default();
        for key in keys.filter_map(|key| key.parse().ok()) {
            note(of_namespace, key);
            note(&mut latest.of_all, key);
        }
    }
}

fn note(likely: &mut Vec<Likely>, key: Fingerprint) {
    let Some(mut at) = likely.iter().position(|known| known.key == key) else {
        let opened = likely.first().map_or(1, |first| first.opened);
        likely.insert(0, Likely { key, opened });
        likely.truncate(REMEMBERED);
        return;
    };
    likely[at].opened += 1;
    while at > 0 && likely[at].opened >= likely[at - 1].opened + AHEAD {
        likely.swap(at - 1, at);
        at -= 1;
    }
    if likely[at].opened >= MANY {
        for known in likely {
            known.opened /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Fingerprint {
        format!("{number:064x}").parse().unwrap()
    }

    #[test]
    fn those_of_the_namespace_come_before_those_of_others() {
        let likely = LikelyKeys::default();
        let opened = |namespace, number| likely.opened(namespace, std::iter::once(&key(number).to_string()));
        assert!(likely.of("a").is_empty());
        opened("a", 1);
        opened("b", 2);
        assert_eq!(likely.of("a"), [key(1), key(2)]);
        assert_eq!(likely.of("b"), [key(2), key(1)]);
        assert_eq!(likely.of("new"), [key(2), key(1)]);
        opened("a", 3);
        assert_eq!(likely.of("a"), [key(3), key(1), key(2)]);
        for _ in 0..AHEAD {
            opened("a", 1);
        }
        assert_eq!(likely.of("a"), [key(1), key(3), key(2)]);
    }

    /// Keys that are tried before the right one.
    fn wrong(numbers: impl Iterator<Item = usize>) -> usize {
        let likely = LikelyKeys::default();
        let tries = numbers.map(|number| {
            let before = likely.of("a").iter().position(|tried| *tried == key(number)).unwrap_or_default();
            likely.opened("a", std::iter::once(&key(number).to_string()));
            before
        });
        tries.sum()
    }

    #[test]
    fn keys_that_take_turns_cost_one_wrong_key_each_on_average() {
        assert!(wrong((0..300).map(|number| number % 3)) <= 310);
        assert!(wrong((0..300).map(|number| number * number % 7 % 3)) <= 310);
    }

    #[test]
    fn one_key_after_others_is_soon_the_first() {
        let others = (0..1_000).map(|number| number % 4);
        let before = wrong(others.clone());
        assert!(wrong(others.chain(std::iter::repeat_n(1, 1_000))) <= before + 60);
    }

    #[test]
    fn memory_is_bounded() {
        let likely = LikelyKeys::default();
        for number in 0..2 * NAMESPACES {
            likely.opened(&format!("ns-{number}"), std::iter::once(&key(number).to_string()));
        }
        let latest = likely.0.lock();
        assert!(latest.by_namespace.len() <= NAMESPACES && latest.of_all.len() == REMEMBERED);
        assert_eq!(latest.of_all[0].key, key(2 * NAMESPACES - 1));
    }
}
