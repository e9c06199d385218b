//! [`Wiped`] and `read_all`: buffers for secret values. They zeroize the old memory when they grow; `Zeroizing<Vec>` alone does not.

use std::io::{self, Read};
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

/// Large enough for most Secrets.
const FIRST_ROOM: usize = 64 * 1024;

/// Reads to the end. `read_to_end` would leave copies in memory as it grows.
pub(crate) fn read_all(mut reader: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut room = Zeroizing::new(vec![0; FIRST_ROOM]);
    let mut length = 0;
    loop {
        if length == room.len() {
            let mut larger = Zeroizing::new(vec![0; room.len() * 2]);
            larger[..length].copy_from_slice(&room);
            room = larger;
        }
        match reader.read(&mut room[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    room.truncate(length);
    Ok(room)
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

    #[test]
    fn reads_what_is_larger_than_its_room() {
        for length in [0, 1, FIRST_ROOM - 1, FIRST_ROOM, FIRST_ROOM + 1, 5 * FIRST_ROOM] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            assert_eq!(*read_all(bytes.as_slice()).unwrap(), bytes, "{length}");
        }
    }
}
