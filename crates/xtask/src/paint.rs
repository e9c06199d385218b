//! Colour, on a terminal, unless `NO_COLOR` says no.

use std::env;
use std::io::{self, IsTerminal as _};
use std::sync::LazyLock;

static COLOUR: LazyLock<bool> = LazyLock::new(|| {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !refused && !dumb
});

/// A heading.
pub(crate) fn bold(text: &str) -> String {
    paint("1", text)
}

/// A command to type.
pub(crate) fn command(text: &str) -> String {
    paint("36", text)
}

/// A good result.
pub(crate) fn good(text: &str) -> String {
    paint("1;32", text)
}

/// A bad result.
pub(crate) fn bad(text: &str) -> String {
    paint("1;31", text)
}

/// An explanation that may be skipped.
pub(crate) fn dim(text: &str) -> String {
    paint("2", text)
}

fn paint(code: &str, text: &str) -> String {
    if *COLOUR { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}
