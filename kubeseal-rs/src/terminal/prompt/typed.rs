//! [`Typed`]: a line from the pressed keys, edited as by a terminal.
//!
//! Decided: a line with control characters is refused, instead of sealed or corrected, because the user does not see
//! what an arrow key or a tab did to it. There is no cursor: keys that would move one are refused, too. Pasted text keeps its lines and tabs,
//! where the terminal marks it.

use std::io;

const CTRL_D: u8 = 0x04;
const BACKSPACE: [u8; 2] = [0x08, 0x7f];
/// Starts the line again.
pub(crate) const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;
const ESCAPE: u8 = 0x1b;

/// The marks that a terminal puts before and after pasted text.
const PASTE: [&[u8]; 2] = [b"200~", b"201~"];

/// The result of typing a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(Vec<u8>),
    /// The input ended before anything was typed.
    Nothing,
    /// The line holds a control character.
    Control,
}

/// Reads keys up to the end of the line.
pub(crate) fn read(mut next: impl FnMut() -> io::Result<Option<u8>>) -> io::Result<Typed> {
    let mut line = Vec::new();
    let mut has_control = false;
    let mut is_pasted = false;
    // A key that was read and must be handled again.
    let mut again = None;
    loop {
        let key = match again.take() {
            Some(key) => Some(key),
            None => next()?,
        };
        match key {
            None | Some(CTRL_D) if line.is_empty() && !has_control => return Ok(Typed::Nothing),
            None => break,
            Some(b'\n' | b'\r') if !is_pasted => break,
            // A terminal pastes line ends as the key Enter.
            Some(b'\n' | b'\r') => line.push(b'\n'),
            Some(b'\t') if is_pasted => line.push(b'\t'),
            Some(CTRL_D) => {}
            Some(CTRL_U) => {
                line.clear();
                has_control = false;
            }
            Some(CTRL_W) => pop_word(&mut line),
            Some(key) if BACKSPACE.contains(&key) => pop_character(&mut line),
            Some(ESCAPE) => {
                let (paste, behind) = sequence(&mut next)?;
                has_control |= paste.is_none();
                is_pasted = paste.unwrap_or(is_pasted);
                again = behind;
            }
            Some(key) => {
                has_control |= key < b' ';
                line.push(key);
            }
        }
    }
    // The line end of a single line was pasted with it, and is no part of the value.
    if line.iter().position(|byte| *byte == b'\n').is_some_and(|first| first + 1 == line.len()) {
        line.pop();
    }
    // C1, which has two bytes.
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    has_control |= line.utf8_chunks().any(|chunk| chunk.valid().contains(is_control));
    Ok(if has_control { Typed::Control } else { Typed::Line(line) })
}

/// Removes the last word, and the spaces after it.
fn pop_word(line: &mut Vec<u8>) {
    let end = line.trim_ascii_end().len();
    let start = line[..end].iter().rposition(|byte| *byte == b' ').map_or(0, |space| space + 1);
    line.truncate(start);
}

/// Removes the last character, which may be several bytes.
fn pop_character(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
}

/// Reads the bytes after an escape: whether pasted text begins or ends with them, and a key after them that is not part of it.
fn sequence(next: &mut impl FnMut() -> io::Result<Option<u8>>) -> io::Result<(Option<bool>, Option<u8>)> {
    match next()? {
        Some(b'[') => {}
        other => return Ok((None, other)),
    }
    let mut sequence = Vec::new();
    loop {
        match next()? {
            Some(key @ b' '..=b'?') => sequence.push(key),
            Some(key @ b'@'..=b'~') => {
                sequence.push(key);
                let mark = PASTE.iter().position(|mark| *mark == sequence.as_slice());
                return Ok((mark.map(|mark| mark == 0), None));
            }
            other => return Ok((None, other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> io::Result<Typed> {
        let mut keys = keys.iter().copied();
        read(|| Ok(keys.next()))
    }

    fn line(text: &str) -> Typed {
        Typed::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn keys_do_what_they_do_in_a_terminal() {
        for (keys, expected) in [
            (&b"hunter2\nrest"[..], "hunter2"),
            (b"hunterx\x7f2\r", "hunter2"),
            (b"wrong\x15right\n", "right"),
            (b"correct horse  \x17stapler\n", "correct stapler"),
            (b"one\x17\x17two\n", "two"),
            (b"\xc3\xa9\x08e\n", "e"),
            (b"\x1b[200~pasted\x1b[201~\n", "pasted"),
            (b"\x1b[200~pasted\r\x1b[201~\n", "pasted"),
            (b"\x1b[200~a:\r\tb\r\x1b[201~\n", "a:\n\tb\n"),
            (b"no end", "no end"),
            (b"\n", ""),
        ] {
            assert_eq!(typed(keys).unwrap(), line(expected), "{keys:?}");
        }
        assert_eq!(typed(b"\x04").unwrap(), Typed::Nothing);
        assert_eq!(typed(b"").unwrap(), Typed::Nothing);
    }

    #[test]
    fn what_other_keys_make_is_refused() {
        for keys in [
            &b"hunter\x1b[D2\n"[..],
            b"hunter2\x1bOA\n",
            b"hunter2\x1b\n",
            b"hunter2\x1b",
            b"hunter\t2\n",
            b"hunter2\x00\n",
            b"hunter2\xc2\x9b1m\n",
            b"\x16\x1b\n",
        ] {
            assert_eq!(typed(keys).unwrap(), Typed::Control, "{keys:?}");
        }
        // Unless the line was started again.
        assert_eq!(typed(b"hunter\x1b[D\x15hunter2\n").unwrap(), line("hunter2"));
    }
}
