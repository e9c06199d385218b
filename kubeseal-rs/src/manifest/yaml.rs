//! Objects in YAML and JSON text, parsed into nodes that know their lines.

pub(crate) mod invalid;
pub(crate) mod node;
pub(crate) mod parse;
pub(crate) mod stream;
