//! [`LikelyKeys`]: which keys opened SealedSecrets not long ago. They are tried first on the next one that does not name its key, because
//! what is created together, as when a cluster is restored, is sealed with few keys, which need not be the newest.

use envelope::Fingerprint;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Number of keys that are remembered for each namespace, and for all. A wrong one costs a private-key operation, as any other key does.
const REMEMBERED: usize = 4;

/// At this number of namespaces, all but the list for all namespaces is forgotten, which costs each one operation or a few.
const NAMESPACES: usize = 4_096;

/// The keys that opened something, the latest first.
#[derive(Debug, Default)]
pub(crate) struct LikelyKeys(Mutex<Latest>);

#[derive(Debug, Default)]
struct Latest {
    by_namespace: HashMap<String, Vec<Fingerprint>>,
    of_all: Vec<Fingerprint>,
}

impl LikelyKeys {
    /// The keys that are likely to open an object of this namespace: first those that opened others of it.
    pub(crate) fn of(&self, namespace: &str) -> Vec<Fingerprint> {
        let latest = self.0.lock();
        let mut likely = latest.by_namespace.get(namespace).cloned().unwrap_or_default();
        for key in &latest.of_all {
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

fn note(latest: &mut Vec<Fingerprint>, key: Fingerprint) {
    latest.retain(|known| *known != key);
    latest.insert(0, key);
    latest.truncate(REMEMBERED);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Fingerprint {
        format!("{number:064x}").parse().unwrap()
    }

    #[test]
    fn the_latest_of_the_namespace_come_before_those_of_others() {
        let likely = LikelyKeys::default();
        let opened = |namespace, number| likely.opened(namespace, std::iter::once(&key(number).to_string()));
        assert!(likely.of("a").is_empty());
        opened("a", 1);
        opened("b", 2);
        assert_eq!(likely.of("a"), [key(1), key(2)]);
        assert_eq!(likely.of("b"), [key(2), key(1)]);
        assert_eq!(likely.of("new"), [key(2), key(1)]);
        opened("a", 3);
        opened("a", 1);
        assert_eq!(likely.of("a"), [key(1), key(3), key(2)]);
    }

    #[test]
    fn memory_is_bounded() {
        let likely = LikelyKeys::default();
        for number in 0..2 * NAMESPACES {
            likely.opened(&format!("ns-{number}"), std::iter::once(&key(number).to_string()));
        }
        let latest = likely.0.lock();
        assert!(latest.by_namespace.len() <= NAMESPACES && latest.of_all.len() == REMEMBERED);
        assert_eq!(latest.of_all[0], key(2 * NAMESPACES - 1));
    }
}
