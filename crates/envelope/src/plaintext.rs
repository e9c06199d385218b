//! [`Plaintext`]: the one type in which an opened value lives.
//!
//! It has no Clone, Display or Serialize, its Debug shows a length only, and it is wiped on drop.

use std::fmt;
use zeroize::Zeroizing;

/// An opened value. Wiped from memory when dropped.
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// Takes over `bytes`, and wipes them when dropped.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The value. The caller must not log, print or store it.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value, in a buffer that is wiped when dropped.
    pub fn into_inner(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plaintext({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Plaintext::new(b"hunter2".to_vec())), "Plaintext(7 bytes)");
    }
}
