//! JSON into typed objects, with errors that name the field and never show the value; bounded where any client may have written it.

mod bounded;
mod content_trace;
mod managed_fields;
mod metadata;
mod raw;

#[cfg(test)]
pub(crate) use bounded::MOST;
pub use bounded::TooManyEntries;
pub(crate) use bounded::{Few, few_entries, first_entries, names_of_map};
pub use content_trace::{ContentTrace, WantedTrace};
pub use metadata::{INSTANCE_LABEL, SealedSecretMetadata};
pub(crate) use metadata::{WatchedMetadata, cut_metadata, without_managed_fields};

use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// A field does not have the shape it should have.
///
/// serde's own messages quote the offending value, which may be a secret; this one keeps the path alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct DecodeError {
    /// The field, as `template.metadata.labels`; empty for the whole object.
    pub path: String,
}

impl DecodeError {
    /// The error as one of the object that has the value in its field `field`.
    #[must_use]
    pub fn within(self, field: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{field}{separator}{}", self.path) }
    }

    fn describe(&self) -> String {
        match self.path.as_str() {
            "" => "it does not have the shape of its kind".into(),
            path => format!("field {path} does not have the shape that its kind asks for"),
        }
    }
}

/// Decodes a value. The error names the field and does not show the value.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    decode_from(value)
}

/// Decodes text that is known to be JSON, and may be nested to any depth. What is not read is skipped; what is read and nested too deep
/// is an error like any other.
pub(crate) fn decode_raw<T: DeserializeOwned>(json: &RawValue) -> Result<T, DecodeError> {
    decode_from(&mut serde_json::Deserializer::from_str(json.get()))
}

fn decode_from<'de, T: DeserializeOwned>(from: impl Deserializer<'de>) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(from).map_err(|error| {
        let path = error.path().to_string();
        DecodeError { path: if path == "." { String::new() } else { path } }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealedSecretSpec;
    use serde_json::json;

    #[test]
    fn names_the_field_and_hides_the_value() {
        let wrong = json!({ "encryptedData": { "password": ["hunter2"] } });
        let error = decode::<SealedSecretSpec>(wrong).unwrap_err();
        assert_eq!(error.path, "encryptedData.password");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
