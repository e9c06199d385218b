//! Strings as Go has them: bytes that are usually UTF-8. [`Text`] is immutable and shared; a [`Buffer`] is one under construction.
//! Both are wiped when dropped.

use crate::error::Result;
use crate::limits::Budget;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::Deref;
use std::rc::Rc;
use zeroize::Zeroizing;

/// An immutable string of bytes, shared by its clones and wiped with the last of them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text(Rc<Zeroizing<Vec<u8>>>);

impl Text {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(Rc::new(bytes))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        self
    }
}

/// A buffer below this size doubles when it is full. A larger one grows by a quarter, because no budget counts what it leaves empty.
const LARGE: usize = 1 << 20;

/// A growing string of bytes, which pays for them. It is wiped when dropped, and so is each place that it leaves as it grows.
pub(crate) struct Buffer<'b> {
    bytes: Zeroizing<Vec<u8>>,
    budget: &'b Budget,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self { bytes: Zeroizing::new(Vec::new()), budget }
    }

    /// Makes room for more bytes. A plain `Vec` would leave unwiped bytes behind as it grows.
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

/// The characters of a string and their lengths in bytes; a byte that is not UTF-8 counts as U+FFFD, as in Go.
pub(crate) fn characters(bytes: &[u8]) -> impl Iterator<Item = (char, usize)> {
    let mut rest = bytes;
    // One at a time, so that a caller who needs only the first pays only for one.
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let head = &rest[..rest.len().min(4)];
        let character = match head.utf8_chunks().next() {
            _ if first.is_ascii() => Some(char::from(first)),
            Some(chunk) => chunk.valid().chars().next(),
            None => None,
        };
        let found = character.map_or((char::REPLACEMENT_CHARACTER, 1), |found| (found, found.len_utf8()));
        rest = &rest[found.1..];
        Some(found)
    })
}

/// Whether Go would print the character as it is: a letter, mark, number, symbol, punctuation or the plain space.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    // `escape_debug` escapes a combining mark only if it comes first, so it is tried after a letter.
    let text = ['a', character];
    text.iter().collect::<String>().escape_debug().count() == 2
}
