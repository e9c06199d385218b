//! `read`: one line, byte by byte, so that the following lines stay for the next read.

use std::io::{self, Read};

/// Standard input without the standard library's buffer, which would read more than a line.
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
pub(crate) fn read(mut from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        match next(&mut from)? {
            None if line.is_empty() => return Ok(None),
            None => break,
            Some(b'\n') => {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                break;
            }
            Some(byte) => line.push(byte),
        }
    }
    Ok(Some(line))
}

/// One byte; none at the end.
pub(crate) fn next(from: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match from.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_one_line_and_leaves_the_rest() {
        let mut input: &[u8] = b"one\r\n\ntwo words";
        let mut line = || read(&mut input).unwrap();
        assert_eq!(line(), Some(b"one".to_vec()));
        assert_eq!(line(), Some(Vec::new()));
        assert_eq!(line(), Some(b"two words".to_vec()));
        assert_eq!(line(), None);
    }
}
