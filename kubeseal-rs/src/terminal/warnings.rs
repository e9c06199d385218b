//! `warn`, `alert`, `note` and `done`: lines on standard error, beside a result that is valid.
//!
//! Decided: a warning is shown on a terminal, with `--warn=always`, and beside an error, and not elsewhere, because
//! scripts and deployment tools take any line on standard error for a failure, and the first certificate that expires
//! soon would stop them all. What a script must not miss is an `alert`: something was left out, or the user has to do
//! something.
//!
//! Decided: which of them are shown is one setting for the whole process, like a log level, instead of an argument of
//! every function.

use crate::terminal::escape::shown_text;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, OnceLock, PoisonError};

/// When warnings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum When {
    /// On a terminal, and beside an error.
    #[default]
    Auto,
    Always,
    /// Alerts are not shown either.
    Never,
}

static WHEN: OnceLock<When> = OnceLock::new();

/// Warnings that were not shown.
static WITHHELD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Sets when warnings are shown (`--warn`, `--quiet`).
pub(crate) fn show(when: When) {
    // Set once in a process.
    let _ = WHEN.set(when);
}

fn when() -> When {
    WHEN.get().copied().unwrap_or_default()
}

/// Whether only errors are to be shown.
pub(crate) fn is_quiet() -> bool {
    when() == When::Never
}

/// A warning beside a complete result.
pub(crate) fn warn(words: impl Display) {
    let line = format!("warning: {}\n", continued(&words.to_string()));
    match when() {
        When::Never => {}
        When::Auto if !io::stderr().is_terminal() => {
            WITHHELD.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        When::Auto | When::Always => say(line),
    }
}

/// A warning that scripts see as well: the result is not complete, or the user has to do something.
pub(crate) fn alert(words: impl Display) {
    if !is_quiet() {
        say(format_args!("warning: {}\n", continued(&words.to_string())));
    }
}

/// What a user at a terminal checks beside the result. Shown on a terminal, and with `--warn=always`.
pub(crate) fn note(words: impl Display) {
    let is_shown = match when() {
        When::Never => false,
        When::Auto => io::stderr().is_terminal(),
        When::Always => true,
    };
    if is_shown {
        say(format_args!("note: {}\n", continued(&words.to_string())));
    }
}

/// What was done, for a user at a terminal; false if it was not shown. No flag shows it elsewhere.
pub(crate) fn done(words: impl Display) -> bool {
    let is_shown = !is_quiet() && io::stderr().is_terminal();
    if is_shown {
        say(format_args!("{}\n", continued(&words.to_string())));
    }
    is_shown
}

/// Shows the warnings that were not shown so far, because they may explain an error.
pub(crate) fn show_withheld() {
    for line in std::mem::take(&mut *WITHHELD.lock().unwrap_or_else(PoisonError::into_inner)) {
        say(line);
    }
}

/// Text of several lines, of which only the first begins at the margin: no name in it can look like a message of its
/// own.
pub(crate) fn continued(words: &str) -> String {
    let mut lines = words.split('\n');
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let indent = if line.is_empty() || line.starts_with("  ") { "" } else { "  " };
        text.extend(["\n", indent, line]);
    }
    text
}

/// Prints to standard error, with control characters escaped. If that fails, the program continues.
pub(crate) fn say(words: impl Display) {
    let _ = io::stderr().write_all(shown_text(&words.to_string()).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_line_ends_begins_no_message() {
        assert_eq!(continued("a\nerror: b\n  c\n\n"), "a\n  error: b\n  c\n\n");
    }
}
