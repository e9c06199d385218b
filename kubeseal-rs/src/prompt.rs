//! [`ask`]: a value that nobody should see, from whoever runs the program.
//!
//! At a terminal it is typed without being shown, and typed again; from a pipe it is one line.
//!
//! Decided: a few lines on rustix instead of rpassword, because that reads through a buffer that nobody wipes, and
//! leaves the terminal without echo when Ctrl-C ends it.

mod line;
mod terminal;

use std::io::{self, IsTerminal as _};
use zeroize::Zeroizing;

/// How often two different answers are let pass.
const TRIES: usize = 3;

/// Nothing was entered, or not what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    #[error("cannot read {what} from {from}")]
    Read {
        what: String,
        from: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("no {0} was entered")]
    Nothing(String),
    #[error("{0} was entered differently the second time")]
    Different(String),
}

/// Asks for `what`, which is the name of a value.
pub(crate) fn ask(what: &str) -> Result<Zeroizing<Vec<u8>>, PromptError> {
    let stdin = io::stdin();
    let answer = if stdin.is_terminal() {
        ask_twice(what)?
    } else {
        let failed = |source| PromptError::Read { what: what.to_owned(), from: "standard input", source };
        line::read(line::stdin().map_err(failed)?).map_err(failed)?
    };
    match answer {
        Some(answer) if !answer.is_empty() => Ok(answer),
        _ => Err(PromptError::Nothing(what.to_owned())),
    }
}

/// Asks for `what`, which somebody at a terminal knows already: once.
pub(crate) fn ask_once(what: &str) -> Result<Zeroizing<Vec<u8>>, PromptError> {
    let failed = |source| PromptError::Read { what: what.to_owned(), from: "the terminal", source };
    match terminal::read_hidden(&format!("{what}: ")).map_err(failed)? {
        Some(answer) if !answer.is_empty() => Ok(answer),
        _ => Err(PromptError::Nothing(what.to_owned())),
    }
}

fn ask_twice(what: &str) -> Result<Option<Zeroizing<Vec<u8>>>, PromptError> {
    let failed = |source| PromptError::Read { what: what.to_owned(), from: "the terminal", source };
    for _ in 0..TRIES {
        let first = terminal::read_hidden(&format!("{what}: ")).map_err(failed)?;
        if first.as_ref().is_none_or(|first| first.is_empty()) {
            return Ok(None);
        }
        if terminal::read_hidden(&format!("{what}, again: ")).map_err(failed)? == first {
            return Ok(first);
        }
        terminal::say("these were different; once more").map_err(failed)?;
    }
    Err(PromptError::Different(what.to_owned()))
}

impl PromptError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::Interrupted => "nothing was written".into(),
            Self::Read { .. } => "run it in a terminal, or pipe the value in, one line for each".into(),
            Self::Nothing(_) => {
                "type it in a terminal, or pipe it in, one line for each; --from-literal KEY= is an empty value, and \
                 --from-file takes one of several lines"
                    .into()
            }
            Self::Different(_) => "start again; pasting it, or --from-file, avoids typing".into(),
        }
    }
}
