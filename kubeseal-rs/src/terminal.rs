//! The terminal: warnings, held signals, colours, prompts, confirmations, the name of the program, escaped text, and words that were meant.

pub(crate) mod confirm;
pub(crate) mod escape;
pub(crate) mod held_signals;
#[cfg(unix)]
pub(crate) mod ignored_signals;
pub(crate) mod likeness;
pub(crate) mod paint;
pub(crate) mod program;
pub(crate) mod prompt;
pub(crate) mod shell_words;
pub(crate) mod waiting;
pub(crate) mod warnings;
