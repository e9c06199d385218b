//! YAML and JSON text: cut into documents, parsed into nodes that know their lines, within bounds.

pub(crate) mod budget;
pub(crate) mod documents;
pub(crate) mod fault;
pub(crate) mod field;
pub(crate) mod line_break;
pub(crate) mod node;
pub(crate) mod parse;
pub(crate) mod place;
pub(crate) mod stream;
pub(crate) mod view;
