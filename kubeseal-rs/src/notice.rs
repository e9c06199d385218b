//! `warn`: a line to a person, on standard error, beside a result that is sound.
//!
//! Decided: whether to be quiet is one setting for the whole process, like a log level, instead of an argument that
//! every function passes on.

use std::fmt::Display;
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
#[expect(clippy::print_stderr, reason = "the one place where warnings are told")]
pub(crate) fn warn(words: impl Display) {
    if !is_quiet() {
        eprintln!("warning: {words}");
    }
}
