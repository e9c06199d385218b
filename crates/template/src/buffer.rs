//! A growing string of bytes that may hold secrets: bounded, and wiped, also where it was before it grew.

use crate::budget::Budget;
use crate::error::Result;
use zeroize::Zeroizing;

/// Below it a buffer doubles; above, it grows by a quarter, since what it leaves empty is in no budget.
const LARGE: usize = 1 << 20;

/// Bytes under construction.
pub(crate) struct Buffer<'b> {
    bytes: Zeroizing<Vec<u8>>,
    budget: &'b Budget,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self { bytes: Zeroizing::new(Vec::new()), budget }
    }

    /// Room for so many more bytes. A plain `Vec` would leave the old ones behind unwiped as it moves.
    fn reserve(&mut self, more: usize) -> Result<()> {
        self.budget.memory(more)?;
        let needed = self.bytes.len() + more;
        if needed > self.bytes.capacity() {
            let capacity = self.bytes.capacity();
            let spare = if capacity < LARGE { capacity } else { capacity / 4 };
            let mut moved = Zeroizing::new(Vec::with_capacity(needed.max(capacity + spare).max(32)));
            moved.extend_from_slice(&self.bytes);
            self.bytes = moved;
        }
        Ok(())
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn push_str(&mut self, text: &str) -> Result<()> {
        self.push(text.as_bytes())
    }

    pub(crate) fn push_char(&mut self, character: char) -> Result<()> {
        self.push(character.encode_utf8(&mut [0; 4]).as_bytes())
    }

    pub(crate) fn fill(&mut self, byte: u8, count: usize) -> Result<()> {
        self.reserve(count)?;
        let length = self.bytes.len() + count;
        self.bytes.resize(length, byte);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }
}
