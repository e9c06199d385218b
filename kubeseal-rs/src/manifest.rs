//! Manifests: Secrets and SealedSecrets in YAML and JSON, read, edited and written.
//!
//! Read: `yaml-edit-in-place` splits a text into documents (`yaml::stream` splits what is still being read), `yaml::parse` makes a `YamlNode`
//! of each object, `objects` goes through them, and `FieldReader` takes a node apart, field by field. `secrets` reads Secrets (`secrets::secret` has
//! their fields); `sealed_secrets` reads SealedSecrets, and `sealed_value` tells whether a text can be one of their values. `unparsed` searches text
//! that does not parse, such as templates of manifests.
//! Edit: `sealed_file`, and `sealed_field` for the fields that can be changed.
//! Write: `write`, a SealedSecret or a Secret that was opened.
//!
//! Decided: nodes of our own instead of `serde_json::Value`, because they keep no numbers (which may be values), and know their line.

pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod location;
pub(crate) mod names;
pub(crate) mod objects;
pub(crate) mod sealed_field;
pub(crate) mod sealed_file;
pub(crate) mod sealed_secrets;
pub(crate) mod sealed_value;
pub(crate) mod secrets;
pub(crate) mod unparsed;
pub(crate) mod write;
pub(crate) mod yaml;
