//! `joined`: the words of a command line, from the pieces into which Bash splits them at `=` and `:`.

use std::ffi::OsString;

/// The words up to the cursor, of which the last is to be completed; and how many bytes at its begin Bash leaves as they are. `line` ends
/// at the cursor.
pub(crate) fn joined(line: &str, pieces: &[OsString]) -> (Vec<OsString>, usize) {
    let mut words: Vec<OsString> = Vec::new();
    let (mut rest, mut kept) = (line, 0);
    for piece in pieces {
        let piece = piece.to_string_lossy();
        let trimmed = rest.trim_start();
        let is_apart = words.is_empty() || trimmed.len() < rest.len();
        // The last piece may go on behind the cursor.
        let (piece, after) = match trimmed.strip_prefix(&*piece) {
            Some(after) => (&*piece, after),
            None if piece.starts_with(trimmed) => (trimmed, ""),
            None => (&*piece, trimmed),
        };
        rest = after;
        if let Some(word) = words.last_mut().filter(|_| !is_apart) {
            // Bash completes nothing instead of a separator.
            kept = word.len() + if matches!(piece, "=" | ":") { piece.len() } else { 0 };
            word.push(piece);
        } else {
            kept = 0;
            words.push(piece.into());
        }
    }
    (words, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_without_space_between_them_are_one_word() {
        for (line, pieces, words, kept) in [
            ("k keys li", &["k", "keys", "li"][..], &["k", "keys", "li"][..], 0),
            ("k  keys ", &["k", "keys", ""], &["k", "keys", ""], 0),
            ("k --scope=st", &["k", "--scope", "=", "st"], &["k", "--scope=st"], 8),
            ("k --scope=", &["k", "--scope", "="], &["k", "--scope="], 8),
            ("k --scope=", &["k", "--scope", "=", ""], &["k", "--scope="], 8),
            (
                "k --context arn:aws:e",
                &["k", "--context", "arn", ":", "aws", ":", "e"],
                &["k", "--context", "arn:aws:e"],
                8,
            ),
            // The cursor is inside of the word.
            ("k keys li", &["k", "keys", "list"], &["k", "keys", "li"], 0),
        ] {
            let pieces: Vec<OsString> = pieces.iter().map(OsString::from).collect();
            let expected: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert_eq!(joined(line, &pieces), (expected, kept), "{line}");
        }
    }
}
