//! [`read`]: a secret value, from the user or from standard input.
//!
//! At a terminal it is typed twice without being shown; from a pipe it is one line.
//!
//! Decided: a few lines on rustix and signal-hook instead of rpassword, because that leaves the terminal without echo when a signal ends it.

pub(crate) mod line;
pub(crate) mod terminal;
pub(crate) mod typed;

use crate::terminal::prompt::typed::Typed;
use crate::terminal::warnings::say;
use std::io::{self, IsTerminal as _};

/// How often the prompt is repeated after invalid input.
const TRIES: usize = 3;

/// Nothing was entered, or something invalid.
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
    #[error("{0} was entered with a control character in it")]
    Control(String),
}

/// Prompts for `what`, which is the name of a value: twice at a terminal, else one line.
pub(crate) fn read(what: &str) -> Result<Vec<u8>, PromptError> {
    let stdin = io::stdin();
    let answer = if stdin.is_terminal() {
        read_twice(what)?
    } else {
        let failed = |source| PromptError::Read { what: what.to_owned(), from: "standard input", source };
        line::read(line::stdin().map_err(failed)?).map_err(failed)?
    };
    match answer {
        Some(answer) if !answer.is_empty() => Ok(answer),
        _ => Err(PromptError::Nothing(what.to_owned())),
    }
}

/// Prompts once at a terminal for `what`, which the user knows already.
pub(crate) fn read_once(what: &str) -> Result<Vec<u8>, PromptError> {
    for _ in 0..TRIES {
        match typed(what, &format!("{what}: "))? {
            Typed::Line(answer) if !answer.is_empty() => return Ok(answer),
            Typed::Line(_) | Typed::Nothing => return Err(PromptError::Nothing(what.to_owned())),
            Typed::Control => say(CONTROL),
        }
    }
    Err(PromptError::Control(what.to_owned()))
}

/// Printed before the prompt is repeated.
const CONTROL: &str = "a control character was typed, as arrow keys and tabs make them; once more\n";

fn read_twice(what: &str) -> Result<Option<Vec<u8>>, PromptError> {
    let mut refused = PromptError::Different(what.to_owned());
    for _ in 0..TRIES {
        let first = match typed(what, &format!("{what}: "))? {
            Typed::Line(first) if !first.is_empty() => first,
            Typed::Line(_) | Typed::Nothing => return Ok(None),
            Typed::Control => {
                say(CONTROL);
                refused = PromptError::Control(what.to_owned());
                continue;
            }
        };
        match typed(what, &format!("{what}, again: "))? {
            Typed::Line(second) if second == first => return Ok(Some(first)),
            _ => say("these were different; once more\n"),
        }
        refused = PromptError::Different(what.to_owned());
    }
    Err(refused)
}

fn typed(what: &str, question: &str) -> Result<Typed, PromptError> {
    let failed = |source| PromptError::Read { what: what.to_owned(), from: "the terminal", source };
    terminal::read_hidden(question).map_err(failed)
}

impl PromptError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "run it in a terminal, or pipe the value in, one line for each".into(),
            Self::Nothing(_) => {
                "type it in a terminal, or pipe it in, one line for each; --from-literal KEY= is an empty value, and \
                 --from-file takes one of several lines"
                    .into()
            }
            Self::Different(_) => "start again; pasting it, or --from-file, avoids typing".into(),
            Self::Control(_) => {
                "what is typed is taken without arrow and function keys; a value with tabs, other control characters or several lines \
                 goes in with --from-file, or a line through a pipe"
                    .into()
            }
        }
    }
}
