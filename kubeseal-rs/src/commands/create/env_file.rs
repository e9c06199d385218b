//! `read`: a file of `KEY=VALUE` lines, by kubectl's rules: no quotes, no escapes, no `export`.

use crate::manifest::names::{InvalidKey, check_key};
use envelope::Plaintext;

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnvFileError {
    #[error("it is not text (UTF-8)")]
    NotText,
    #[error("the text before the = cannot be a key")]
    Key(#[source] InvalidKey),
}

impl EnvFileError {
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::NotText => "values that are no text go in with --from-file KEY=PATH",
            Self::Key(_) => {
                "write KEY=VALUE without spaces around the =, without `export`; begin comments with #"
            }
        }
    }
}

/// The keys and values in `bytes`; `variable` gives the values of keys that have none.
pub(crate) fn read(
    bytes: &[u8],
    variable: impl Fn(&str) -> Vec<u8>,
) -> Result<Vec<(String, Plaintext)>, (usize, EnvFileError)> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut values = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let failed = |error| (index + 1, error);
        let line = std::str::from_utf8(line).map_err(|_| failed(EnvFileError::NotText))?;
        // Spaces after the value belong to it; the line end does not.
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = match line.split_once('=') {
            Some((key, value)) => (key, Plaintext::new(value.as_bytes().to_vec())),
            None => (line, Plaintext::new(variable(line))),
        };
        check(key).map_err(|bad| failed(EnvFileError::Key(bad)))?;
        values.push((key.to_owned(), value));
    }
    Ok(values)
}

/// Checks the name of a variable by kubectl's rules.
fn check(key: &str) -> Result<(), InvalidKey> {
    check_key(key)?;
    if key.starts_with(|c: char| c.is_ascii_digit()) { Err(InvalidKey::Digit) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(file: &[u8]) -> Result<Vec<(String, String)>, (usize, EnvFileError)> {
        let shown = |value: &Plaintext| String::from_utf8(value.expose().to_vec()).unwrap();
        let read = read(file, |name| format!("${name}").into_bytes())?;
        Ok(read.iter().map(|(key, value)| (key.clone(), shown(value))).collect())
    }

    #[test]
    fn lines_are_kubectls() {
        let file = b"\xef\xbb\xbfa=1\r\n\n # comment\n  b=x = y \nc=\"q\"\nd=\nHOME\ne-f.g=#no comment\n\n";
        let expected = [
            ("a", "1"),
            ("b", "x = y "),
            ("c", "\"q\""),
            ("d", ""),
            ("HOME", "$HOME"),
            ("e-f.g", "#no comment"),
        ];
        let read = values(file).unwrap();
        assert_eq!(read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(values(b"a=1\nexport b=2\n"), Err((2, EnvFileError::Key(InvalidKey::Character))));
        assert_eq!(values(b"1a=1"), Err((1, EnvFileError::Key(InvalidKey::Digit))));
        assert_eq!(values(b"=1"), Err((1, EnvFileError::Key(InvalidKey::Empty))));
        assert_eq!(values(b"a =1"), Err((1, EnvFileError::Key(InvalidKey::Character))));
        assert_eq!(values(b"a=\xff"), Err((1, EnvFileError::NotText)));
    }
}
