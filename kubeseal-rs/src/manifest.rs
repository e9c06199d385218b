//! Manifests: Secrets in, SealedSecrets out, in YAML and JSON.
//!
//! In: `documents` cuts what was read, `stream` what is still to be read, `parse` makes a `Node` of each piece, `secret` makes a Secret of a node.
//! SealedSecrets come in through `sealed`, where they are verified, resealed or opened; `template_data` reads what `edit`
//! shows beside a Secret.
//! Out: `write`, and for a Secret that was opened `write_secret`. What is sealed, and for which namespace, is decided in `command`.
//!
//! Decided: nodes of our own instead of `serde_json::Value`, because they wipe the text they hold, keep no
//! numbers (which may be values, too), and know their line.

pub(crate) mod error;
pub(crate) mod mistyped;
pub(crate) mod read;
pub(crate) mod read_sealed;
pub(crate) mod secret;
pub(crate) mod template_data;
pub(crate) mod text_scan;
pub(crate) mod unplaced;
pub(crate) mod write;
pub(crate) mod write_secret;
pub(crate) mod yaml;
