//! [`Input`]: where plaintext is read from: standard input or a file.

use crate::error::Hint;
use crate::files::encoding::{to_utf8, utf8_reader};
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::say;
use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

/// The input could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {input}")]
pub(crate) struct InputError {
    input: Input,
    #[source]
    source: io::Error,
}

impl Hint for InputError {
    fn hint(&self) -> Option<String> {
        match &self.input {
            Input::File(_) => Some(
                "--secret-file and --from-file name a file that exists and may be read; without them, standard \
                 input is read"
                    .into(),
            ),
            Input::Stdin => None,
        }
    }
}

impl InputError {
    /// The cause alone, for an input that no flag names.
    pub(crate) fn into_cause(self) -> io::Error {
        self.source
    }
}

impl From<Option<PathBuf>> for Input {
    fn from(file: Option<PathBuf>) -> Self {
        file.map_or(Self::Stdin, Self::File)
    }
}

impl Input {
    /// Reads everything. At a terminal, it prints what it waits for.
    pub(crate) fn read(&self, expected: &str) -> Result<Vec<u8>, InputError> {
        let mut bytes = Vec::new();
        self.open(expected)?.read_to_end(&mut bytes).map_err(|source| self.failed(source))?;
        Ok(bytes)
    }

    /// Reads a whole text, as UTF-8. At a terminal, it prints what it waits for.
    pub(crate) fn read_text(&self, expected: &str) -> Result<Vec<u8>, InputError> {
        self.read(expected).map(to_utf8)
    }

    /// Opens a text, to be read in parts as UTF-8.
    pub(crate) fn open_text(&self, expected: &str) -> Result<Box<dyn Read>, InputError> {
        utf8_reader(self.open(expected)?).map_err(|source| self.failed(source))
    }

    /// Opens the input, to be read in parts. At a terminal, it prints what it waits for.
    fn open(&self, expected: &str) -> Result<Box<dyn Read>, InputError> {
        match self {
            Self::Stdin => {
                let stdin = io::stdin();
                if stdin.is_terminal() {
                    say(format_args!("(reading {expected} from the terminal; end with Ctrl-D)\n"));
                }
                Ok(Box::new(stdin.lock()))
            }
            Self::File(path) => {
                let file = File::open(path).map_err(|source| self.failed(source))?;
                Ok(Box::new(file))
            }
        }
    }

    /// The error that the input could not be read.
    pub(crate) fn failed(&self, source: io::Error) -> InputError {
        InputError { input: self.clone(), source }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => f.write_str(&shown_path(path)),
        }
    }
}
