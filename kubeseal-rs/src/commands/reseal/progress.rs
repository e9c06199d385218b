//! [`Progress`]: a progress bar at a terminal.

use crate::terminal::escape::shown_path;
use crate::terminal::warnings::is_quiet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal as _, stderr};
use std::path::Path;

/// The bar.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar over this many files. Nothing is shown if standard error is no terminal.
    pub(crate) fn over(files: usize) -> Self {
        if is_quiet() || !stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(u64::try_from(files).ok(), ProgressDrawTarget::stderr());
        // Without colours, so that NO_COLOR needs no handling.
        if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos}/{len} {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// Shows the current file.
    pub(crate) fn at(&self, path: &Path) {
        self.0.set_message(shown_path(path));
    }

    /// Counts a file as done.
    pub(crate) fn done(&self) {
        self.0.inc(1);
    }

    /// Runs a closure that writes to the terminal, with the bar hidden.
    pub(crate) fn beside<T>(&self, something: impl FnOnce() -> T) -> T {
        self.0.suspend(something)
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
