//! [`Model`]: what a file and two clusters are to do, without asking a program: which cluster opens which item, and for whom there are entries.

use std::collections::BTreeMap;

/// The names of the items.
pub(super) const ITEMS: [&str; 3] = ["a", "b", "c"];

/// The clusters for which an item has an entry, and the number of the key that each entry is for.
type Entries = BTreeMap<usize, usize>;

#[derive(Debug)]
pub(super) struct Item {
    pub value: String,
    /// The cluster that its envelope is sealed to.
    pub envelope: usize,
    /// Its entries are for this envelope.
    pub matches: bool,
    /// They may be for an earlier envelope.
    pub entries: Entries,
}

/// Clusters are known by their index.
#[derive(Debug)]
pub(super) struct Model {
    pub items: BTreeMap<&'static str, Item>,
    /// Whether the newest key of the cluster opens all that the cluster opens.
    pub is_fresh: [bool; 2],
    /// The number of the newest key of each cluster.
    keys: [usize; 2],
}

impl Item {
    /// Whether the private keys of the cluster open it, for a program that knows the annotation or does not.
    pub(super) fn opens(&self, cluster: usize, knows_entries: bool) -> bool {
        self.envelope == cluster || (knows_entries && self.matches && self.entries.contains_key(&cluster))
    }
}

impl Model {
    /// All items are sealed for both clusters, and to the first. The value of each is its name.
    pub(super) fn new() -> Self {
        let mut model = Self { items: BTreeMap::new(), is_fresh: [true; 2], keys: [0; 2] };
        for name in ITEMS {
            model.sealed_for_both(name, name.to_owned(), 0);
        }
        model
    }

    pub(super) fn opens_all(&self, cluster: usize, knows_entries: bool) -> bool {
        self.items.values().all(|item| item.opens(cluster, knows_entries))
    }

    /// Whether there is an annotation. Then it names both clusters.
    pub(super) fn has_entries(&self) -> bool {
        self.items.values().any(|item| !item.entries.is_empty())
    }

    /// Whether all items have entries, for the same keys.
    pub(super) fn is_even(&self) -> bool {
        let mut all = self.items.values().map(|item| &item.entries);
        let first = all.next();
        first.is_some_and(|first| !first.is_empty()) && all.all(|entries| Some(entries) == first)
    }

    /// Whether an item has entries for an earlier envelope.
    pub(super) fn is_outdated(&self) -> bool {
        self.items.values().any(|item| !item.matches && !item.entries.is_empty())
    }

    pub(super) fn renewed(&mut self, cluster: usize) {
        self.keys[cluster] += 1;
        self.is_fresh[cluster] = false;
    }

    /// An item has another envelope, and the entries of before.
    pub(super) fn sealed_for_one(&mut self, name: &'static str, value: String, envelope: usize) {
        let before = self.items.remove(name);
        let entries = before.map(|item| item.entries).unwrap_or_default();
        self.items.insert(name, Item { value, envelope, matches: false, entries });
    }

    pub(super) fn sealed_for_both(&mut self, name: &'static str, value: String, envelope: usize) {
        let item = Item { value, envelope, matches: true, entries: self.newest(&[0, 1]) };
        self.items.insert(name, item);
    }

    /// The cluster sealed to its newest key what it opens.
    pub(super) fn resealed(&mut self, cluster: usize) {
        self.is_fresh[cluster] = true;
        for item in self.items.values_mut() {
            if let Some(key) = item.entries.get_mut(&cluster) {
                *key = self.keys[cluster];
            }
        }
    }

    /// As upstream's controller leaves it.
    pub(super) fn lost_entries(&mut self) {
        for item in self.items.values_mut() {
            (item.matches, item.entries) = (false, Entries::new());
        }
    }

    /// All items are sealed for these clusters and no others, and to the first of them.
    pub(super) fn has_recipients(&mut self, clusters: &[usize]) {
        let entries = if clusters.len() > 1 { self.newest(clusters) } else { Entries::new() };
        for item in self.items.values_mut() {
            (item.envelope, item.matches, item.entries) = (clusters[0], true, entries.clone());
        }
        for cluster in clusters {
            self.is_fresh[*cluster] = true;
        }
    }

    fn newest(&self, clusters: &[usize]) -> Entries {
        clusters.iter().map(|cluster| (*cluster, self.keys[*cluster])).collect()
    }
}
