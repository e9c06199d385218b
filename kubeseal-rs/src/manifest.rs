//! Manifests: Secrets in, SealedSecrets out, in YAML and JSON.
//!
//! In: `documents` cuts the stream, `parse` makes a `Node` of each piece, `secret` makes a Secret of a node.
//! Out: `write`. What is sealed, and for which namespace, is decided in `command`.
//!
//! Decided: nodes of our own instead of `serde_json::Value`, because they wipe the text they hold, keep no
//! numbers (which may be values, too), and know their line.

mod documents;
mod error;
mod fault;
mod field;
mod node;
mod parse;
mod place;
mod read;
mod secret;
mod write;

pub(crate) use error::ManifestError;
pub(crate) use place::Place;
pub(crate) use read::{InputSecret, read};
pub(crate) use write::{RenderError, write};
