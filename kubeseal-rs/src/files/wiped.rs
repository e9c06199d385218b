//! [`Wiped`]: a buffer to write values into, which leaves no copy behind when it grows.

use std::io;
use zeroize::Zeroizing;

/// Bytes that are wiped on drop, and whenever they move.
#[derive(Default)]
pub(crate) struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    /// What was written.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Drops all but the first `length` bytes.
    pub(crate) fn cut(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Writes more.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let wanted = self.0.len() + bytes.len();
        if wanted > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(2 * self.0.capacity()).max(4096)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl io::Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_written() {
        let mut wiped = Wiped::default();
        let mut expected = Vec::new();
        for length in [0_usize, 1, 4095, 4096, 5000, 20_000] {
            let piece = vec![b'x'; length];
            wiped.push(&piece);
            expected.extend(piece);
        }
        assert!(wiped.bytes() == expected);
    }
}
