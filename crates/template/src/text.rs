//! A string as Go has it: bytes, usually UTF-8, shared and wiped with its last owner.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::Deref;
use std::rc::Rc;
use zeroize::Zeroizing;

/// An immutable string of bytes.
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

/// The characters of a string and their lengths in bytes; a byte that is not UTF-8 counts as U+FFFD, as in Go.
pub(crate) fn characters(bytes: &[u8]) -> impl Iterator<Item = (char, usize)> {
    let mut rest = bytes;
    // One at a time, so that the first alone costs no more than one.
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
    // A combining mark is escaped only where it comes first; behind a letter, only what does not print is.
    let text = ['a', character];
    text.iter().collect::<String>().escape_debug().count() == 2
}
