//! `warn`: a line to a person, on standard error, beside a result that is sound.
//!
//! Decided: whether to be quiet is one setting for the whole process, like a log level, instead of an argument that
//! every function passes on.

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
        say(format_args!("warning: {words}\n"));
    }
}

/// Says it on standard error. Where that is full or closed, nobody hears it, which must not change what happens.
pub(crate) fn say(words: impl Display) {
    let _ = write!(io::stderr(), "{words}");
}
