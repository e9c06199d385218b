//! `read_hidden`: a line typed at the terminal that standard input is, without its being shown.

use std::io::{self, Write as _};
use zeroize::Zeroizing;

/// Asks, and reads a line. None where the input ends before anything was typed.
#[cfg(unix)]
pub(super) fn read_hidden(question: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let hidden = unix::Hidden::begin()?;
    write!(io::stderr(), "{question}")?;
    let line = unix::read(super::line::stdin()?);
    drop(hidden);
    // What was typed to end the line was not shown either.
    writeln!(io::stderr())?;
    line
}

#[cfg(not(unix))]
pub(super) fn read_hidden(_: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "typing without echo is not possible on this system"))
}

/// A line to the person.
pub(super) fn say(words: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{words}")
}

#[cfg(unix)]
mod unix {
    //! The terminal, taken byte by byte, so that Ctrl-C comes to us and the terminal is put right again.

    use super::super::line::{Line, next};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use std::io::{self, Read};
    use zeroize::Zeroizing;

    const CTRL_C: u8 = 0x03;
    const CTRL_D: u8 = 0x04;
    const BACKSPACE: [u8; 2] = [0x08, 0x7f];
    const CTRL_U: u8 = 0x15;
    const CTRL_BACKSLASH: u8 = 0x1c;

    /// As long as it lives, nothing that is typed is shown.
    pub(super) struct Hidden(Termios);

    impl Hidden {
        pub(super) fn begin() -> io::Result<Self> {
            let stdin = io::stdin();
            let before = tcgetattr(&stdin)?;
            let mut hidden = before.clone();
            hidden.local_modes.remove(
                LocalModes::ECHO
                    | LocalModes::ECHONL
                    | LocalModes::ICANON
                    | LocalModes::ISIG
                    | LocalModes::IEXTEN,
            );
            tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
            Ok(Self(before))
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // If the terminal is gone, there is nothing to put right.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        }
    }

    /// What a terminal would do for a line, were it left to.
    pub(super) fn read(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut line = Line::default();
        loop {
            match next(&mut from)? {
                Some(b'\n' | b'\r') => return Ok(Some(line.0)),
                None | Some(CTRL_D) if line.0.is_empty() => return Ok(None),
                None => return Ok(Some(line.0)),
                Some(CTRL_C | CTRL_BACKSLASH) => {
                    return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
                }
                Some(CTRL_D) => {}
                Some(CTRL_U) => line = Line::default(),
                Some(byte) if BACKSPACE.contains(&byte) => line.pop_character(),
                Some(byte) => line.push(byte),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn typed(keys: &[u8]) -> io::Result<Option<Vec<u8>>> {
            Ok(read(keys)?.map(|line| line.to_vec()))
        }

        #[test]
        fn keys_do_what_they_do_in_a_terminal() {
            assert_eq!(typed(b"hunter2\nrest").unwrap(), Some(b"hunter2".to_vec()));
            assert_eq!(typed(b"hunterx\x7f2\r").unwrap(), Some(b"hunter2".to_vec()));
            assert_eq!(typed(b"wrong\x15right\n").unwrap(), Some(b"right".to_vec()));
            assert_eq!(typed(b"\x04").unwrap(), None);
            assert_eq!(typed(b"\n").unwrap(), Some(Vec::new()));
            assert_eq!(typed(b"hunter\x03").unwrap_err().kind(), io::ErrorKind::Interrupted);
        }
    }
}
