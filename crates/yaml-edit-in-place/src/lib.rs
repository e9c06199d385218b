//! Edits YAML and JSON text at a path. Comments, order, quotes, line ends and every document that is not edited stay
//! as they are, byte for byte.
//!
//! [`YamlFile`] holds the [`Document`]s of a text. [`Edit`] says what to change in one object of a document. `syntax` finds where in the
//! text everything is, `splice` replaces bytes, `file` proves by parsing again that the new text means what was asked for.
//! The README says what is promised and what is refused.
//!
//! The crate knows nothing of Kubernetes.

mod change;
mod document;
mod error;
mod file;
mod layout;
pub mod limits;
mod line_break;
mod lines;
mod scalar;
mod splice;
pub mod split;
mod syntax;

#[cfg(test)]
mod tests;

pub use change::{Change, Edit, NewValue};
pub use document::Document;
pub use error::{EditError, ParseError};
pub use file::YamlFile;
pub use line_break::{LineBreak, Position};
