//! Looking into a [`Node`] without taking it apart, for those that only look: `guard` and `inspect`.

use crate::manifest::yaml::node::{Content, Key, Node};

impl Node {
    /// The text that it is.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of the map that it is. A key that YAML takes for something else than text stands there as what
    /// it is taken for.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        let entries = match &self.content {
            Content::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, value)| match key {
            Key::Text(key) => (key.as_str(), value),
            Key::Other(kind) => (*kind, value),
        })
    }

    /// What stands under a key of the map that it is.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// What stands under keys of maps in maps.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}
