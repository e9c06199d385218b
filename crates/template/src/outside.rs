//! What a rendering takes from outside: the time and randomness. All else is pure.

use jiff::Timestamp;

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
