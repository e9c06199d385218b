//! [`Progress`]: a bar, for a person who waits at a terminal.

use crate::terminal::escape::shown_path;
use crate::terminal::warnings::is_quiet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal as _, stderr};
use std::path::Path;

/// How far we are.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Over that many files. Sensitive where standard error is no terminal.
    pub(crate) fn over(files: usize) -> Self {
        if is_quiet() || !stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(u64::try_from(files).ok(), ProgressDrawTarget::stderr());
        // Without colours, so that there is nothing that NO_COLOR would have to take away.
        if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos}/{len} {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// Names the file at hand.
    pub(crate) fn at(&self, path: &Path) {
        self.0.set_message(shown_path(path));
    }

    /// One file further.
    pub(crate) fn done(&self) {
        self.0.inc(1);
    }

    /// Does something on the terminal, out of the bar's way.
    pub(crate) fn beside<T>(&self, something: impl FnOnce() -> T) -> T {
        self.0.suspend(something)
    }

    /// Leaves the terminal as it was.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
