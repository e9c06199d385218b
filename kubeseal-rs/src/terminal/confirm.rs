//! Questions that the user answers at the terminal, on a line that is shown: [`confirmed`] for yes or no, [`answered`] for a text. Secret
//! values are read in `prompt`.

use crate::terminal::warnings::say;
use std::io::{IsTerminal as _, stderr, stdin};

/// Whether the user says yes. None if there is no terminal to ask at.
pub(crate) fn confirmed(question: &str) -> Option<bool> {
    let is_yes = |answer: String| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes");
    is_interactive().then(|| answered(&format!("{question} [y/N] ")).is_some_and(is_yes))
}

/// What the user types, without spaces around it. None if there is no terminal to ask at, or if the input ended.
pub(crate) fn answered(question: &str) -> Option<String> {
    if !is_interactive() {
        return None;
    }
    // Writing may fail if the terminal is gone; reading then fails, too.
    say(question);
    let mut line = String::new();
    let read = stdin().read_line(&mut line).ok().filter(|count| *count > 0);
    read.map(|_| line.trim().to_owned())
}

/// Whether there is a terminal to ask at.
pub(crate) fn is_interactive() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}
