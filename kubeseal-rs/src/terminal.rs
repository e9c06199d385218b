//! The terminal: warnings, colours, prompts, confirmations, the name of the program, and escaped text.

pub(crate) mod confirm;
pub(crate) mod escape;
pub(crate) mod paint;
pub(crate) mod program;
pub(crate) mod prompt;
pub(crate) mod warnings;
