//! `confirmed`: asks the user a question that is answered with yes or no.

use crate::terminal::warnings::say;
use std::io::{IsTerminal as _, stderr, stdin};

/// Whether the user says yes. None if there is no terminal to ask at.
pub(crate) fn confirmed(question: &str) -> Option<bool> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return None;
    }
    // Writing may fail if the terminal is gone; reading then fails, too.
    say(format_args!("{question} [y/N] "));
    let mut line = String::new();
    let read = stdin().read_line(&mut line);
    Some(read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
