//! `confirm`: asks at the terminal whether the user is sure.

use crate::commands::keys::error::KeysError;
use crate::terminal::warnings::say;
use std::io::{IsTerminal as _, stderr, stdin};

/// Asks. Without a terminal, that is an error of its own.
pub(crate) fn confirm(question: &str) -> Result<(), KeysError> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(KeysError::NoTerminal);
    }
    // A terminal that went away is noticed when it is read from.
    say(format_args!("{question} [y/N] "));
    let mut line = String::new();
    let read = stdin().read_line(&mut line);
    match read {
        Ok(_) if matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Ok(()),
        _ => Err(KeysError::NotSure),
    }
}
