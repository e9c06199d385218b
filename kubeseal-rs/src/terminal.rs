//! What the user sees at a terminal: warnings, colours, prompts, the name of the program, and text that is escaped before it is shown.

pub(crate) mod escape;
pub(crate) mod paint;
pub(crate) mod program;
pub(crate) mod prompt;
pub(crate) mod warnings;
