//! `read`: one line, byte by byte, so that the lines behind it stay for the next read.

use std::io::{self, Read};
use zeroize::Zeroizing;

/// Standard input without std's buffer, which would take more than a line and is never wiped.
#[cfg(unix)]
pub(crate) fn stdin() -> io::Result<impl Read> {
    use std::os::fd::AsFd as _;
    let descriptor = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(std::fs::File::from(descriptor))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
pub(crate) fn stdin() -> io::Result<impl Read> {
    Ok(io::stdin().lock())
}

/// The next line without its end; none at the end of the input.
pub(crate) fn read(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Line::default();
    loop {
        match next(&mut from)? {
            None if line.0.is_empty() => return Ok(None),
            None => break,
            Some(b'\n') => {
                if line.0.last() == Some(&b'\r') {
                    line.0.pop();
                }
                break;
            }
            Some(byte) => line.push(byte),
        }
    }
    Ok(Some(line.0))
}

/// One byte; none at the end.
pub(crate) fn next(from: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = Zeroizing::new([0]);
    loop {
        match from.read(&mut *byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A line on its way.
pub(crate) struct Line(pub(crate) Zeroizing<Vec<u8>>);

impl Default for Line {
    fn default() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(256)))
    }
}

impl Line {
    /// Grows by moving into a larger room and wiping the old one.
    pub(crate) fn push(&mut self, byte: u8) {
        if self.0.len() == self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(self.0.capacity() * 2));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.push(byte);
    }

    /// Takes back the last word, and the spaces behind it.
    pub(crate) fn pop_word(&mut self) {
        while self.0.last() == Some(&b' ') {
            self.0.pop();
        }
        while self.0.last().is_some_and(|byte| *byte != b' ') {
            self.0.pop();
        }
    }

    /// Takes back the last character, which may be several bytes.
    pub(crate) fn pop_character(&mut self) {
        while self.0.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_one_line_and_leaves_the_rest() {
        let mut input: &[u8] = b"one\r\n\ntwo words";
        let mut line = || read(&mut input).unwrap().map(|line| line.to_vec());
        assert_eq!(line(), Some(b"one".to_vec()));
        assert_eq!(line(), Some(Vec::new()));
        assert_eq!(line(), Some(b"two words".to_vec()));
        assert_eq!(line(), None);
    }

    #[test]
    fn lines_may_be_longer_than_their_first_room() {
        let input = vec![b'x'; 5000];
        assert_eq!(read(input.as_slice()).unwrap().unwrap().len(), 5000);
    }

    #[test]
    fn a_character_is_taken_back_whole() {
        let mut line = Line::default();
        "a\u{e9}".bytes().for_each(|byte| line.push(byte));
        line.pop_character();
        assert_eq!(*line.0, b"a");
    }
}
