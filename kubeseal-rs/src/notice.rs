//! `warn`: a line to a person, on standard error, beside a result that is sound.
//!
//! Decided: whether to be quiet is one setting for the whole process, like a log level, instead of an argument that
//! every function passes on.

use crate::shown::shown_text;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

static QUIET: AtomicBool = AtomicBool::new(false);

/// Says nothing from here on (`--quiet`).
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether `--quiet` was given.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Warns of something that did not keep us from going on.
pub(crate) fn warn(words: impl Display) {
    if !is_quiet() {
        say(format_args!("warning: {}\n", continued(&words.to_string())));
    }
}

/// Text of several lines, of which only the first begins at the margin: no name that it holds begins a message of its own.
pub(crate) fn continued(words: &str) -> String {
    let mut lines = words.split('\n');
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let indent = if line.is_empty() || line.starts_with("  ") { "" } else { "  " };
        text.extend(["\n", indent, line]);
    }
    text
}

/// Says it on standard error, without what a terminal would follow. Where that is full or closed, what happens stays the same.
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
