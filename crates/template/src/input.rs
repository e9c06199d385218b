//! The input of a rendering: the opened [`Values`], and the time and randomness of [`Outside`]. A rendering uses nothing else.

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
/// Generated keys use the random generator of aws-lc, which takes no other.
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

/// The opened values by name, which templates see as their dot. They are wiped when dropped, and `Debug` shows only the names.
///
/// All templates of an object share one map of strings. No function can change it, in Go as here, because functions that change maps take
/// maps of any values.
pub struct Values(Map);

impl Values {
    /// No values.
    pub fn new() -> Self {
        Self(Map::new(Elem::Text))
    }

    /// Adds a value. Its bytes need not be text.
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
