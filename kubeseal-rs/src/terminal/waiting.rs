//! [`Waiting`]: shows at a terminal that the program waits, for what, since when and for how long at most.

use crate::terminal::warnings::is_quiet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

/// Time between two pictures.
const TICK: Duration = Duration::from_millis(120);

/// A line that is removed when this is dropped.
pub(crate) struct Waiting(ProgressBar);

impl Waiting {
    /// Shows the line, unless standard error is no terminal.
    pub(crate) fn show(what: &str, limit: Option<Duration>) -> Self {
        if is_quiet() || !stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // Without colours, so that NO_COLOR needs no handling.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style.tick_chars("|/-\\ "));
        }
        let waiting = Self(bar);
        waiting.update(what, Duration::ZERO, limit);
        waiting.0.enable_steady_tick(TICK);
        waiting
    }

    /// Shows how long it took so far.
    pub(crate) fn update(&self, what: &str, since: Duration, limit: Option<Duration>) {
        let limit = limit.map(|limit| format!(", at most {} s", limit.as_secs())).unwrap_or_default();
        self.0.set_message(format!("{what} ({} s{limit})", since.as_secs()));
    }

    /// Runs a closure that writes to the terminal, with the line hidden.
    pub(crate) fn beside<T>(&self, something: impl FnOnce() -> T) -> T {
        self.0.suspend(something)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
