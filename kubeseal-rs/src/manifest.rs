//! Manifests: Secrets in, SealedSecrets out, in YAML and JSON.
//!
//! In: `documents` cuts what was read, `stream` what is still to be read, `parse` makes a `Node` of each piece, `secret` makes a Secret of a node.
//! SealedSecrets come in through `sealed`, where they are verified, resealed or opened; `template_data` reads what `edit`
//! shows beside a Secret.
//! Out: `write`, and for a Secret that was opened `write_secret`. What is sealed, and for which namespace, is decided in `command`.
//!
//! Decided: nodes of our own instead of `serde_json::Value`, because they wipe the text they hold, keep no
//! numbers (which may be values, too), and know their line.

mod budget;
mod documents;
mod error;
mod fault;
mod field;
mod line_break;
mod mistyped;
mod node;
mod parse;
mod place;
mod read;
mod sealed;
mod secret;
mod stream;
mod template_data;
mod view;
mod write;
mod write_secret;

pub(crate) use budget::{alias_limits, budget};
pub(crate) use documents::{Document, documents, has_content};
pub(crate) use error::ManifestError;
pub(crate) use fault::Fault;
pub(crate) use line_break::LineBreak;
pub(crate) use node::{Content, Node};
pub(crate) use parse::parse;
pub(crate) use place::{Place, Position, Within};
pub(crate) use read::{InputSecret, read, read_document};
pub(crate) use sealed::read_sealed;
pub(crate) use stream::{DocumentStream, StreamedDocument};
pub(crate) use template_data::{TEMPLATE_DATA, TemplateData, template_data};
pub(crate) use write::{RenderError, write};
pub(crate) use write_secret::write_secret;
