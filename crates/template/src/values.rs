//! What a template sees as its dot: names and their opened values.

use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The opened values by name. Wiped when dropped, and without a `Debug` that would print them.
#[derive(Default)]
pub struct Values(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Values {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the name a value; the bytes need not be text.
    pub fn insert(&mut self, name: impl Into<String>, value: Zeroizing<Vec<u8>>) {
        self.0.insert(name.into(), value);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
