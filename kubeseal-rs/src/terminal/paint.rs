//! [`Paint`]: colours at a terminal, and none in files and pipes.

use std::io::{self, IsTerminal as _};

/// Whether standard output gets colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    colours: bool,
}

impl Paint {
    /// Whether standard output is a terminal and `NO_COLOR` (<https://no-color.org>) is not set.
    pub(crate) fn for_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { colours: io::stdout().is_terminal() && !refused && !dumb }
    }

    /// A heading.
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Text of little importance.
    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// A good state.
    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// A problem.
    pub(crate) fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.colours && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Without colours.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self { colours: false }
    }

    /// With colours.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self { colours: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_end_where_the_text_does() {
        assert_eq!(Paint::full().bad("x"), "\x1b[31mx\x1b[0m");
        assert_eq!(Paint::full().bad(""), "");
        assert_eq!(Paint::none().bad("x"), "x");
    }
}
