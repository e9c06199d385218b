//! What a rendering is given: the opened [`Values`], and from [`Outside`] the time and randomness. All else is pure.

use crate::text::Text;
use crate::value::{Elem, Map, Value};
use jiff::Timestamp;
use zeroize::Zeroizing;

/// A source of random bytes fit for passwords.
pub trait Random {
    /// Fills the buffer.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<F: FnMut(&mut [u8])> Random for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// The time and the randomness that `now`, `randAlpha`, `uuidv4`, … use.
///
/// Key generation and certificates draw on the random generator inside aws-lc, which takes no other.
pub struct Outside<'a> {
    /// The time, one for the whole rendering.
    pub now: Timestamp,
    /// Random bytes.
    pub random: &'a mut dyn Random,
}

impl std::fmt::Debug for Outside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("now", &self.now).finish_non_exhaustive()
    }
}

/// The opened values by name. Wiped when dropped, and without a `Debug` that would print them.
///
/// One map of strings for all templates of an object: no function of sprig's can change such a map, in Go as here, for
/// those that change one take maps of anything.
pub struct Values(Map);

impl Values {
    /// No values.
    pub fn new() -> Self {
        Self(Map::new(Elem::Text))
    }

    /// Gives the name a value; the bytes need not be text.
    pub fn insert(&mut self, name: impl Into<String>, value: Zeroizing<Vec<u8>>) {
        let name = Text::new(Zeroizing::new(name.into().into_bytes()));
        if let Some(items) = self.0.items() {
            items.borrow_mut().insert(name, Value::Text(Text::new(value)));
        }
    }

    pub(crate) fn dot(&self) -> Value {
        Value::Map(self.0.clone())
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut names = f.debug_set();
        if let Some(items) = self.0.items() {
            names.entries(items.borrow().keys().map(|name| String::from_utf8_lossy(name).into_owned()));
        }
        names.finish()
    }
}
