//! `decode`: JSON into a typed object, with errors that name the field and never show the value.

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
    /// Where, as in `template.metadata.labels`; empty for the whole.
    pub path: String,
}

impl DecodeError {
    /// The same error, seen from the object that has the value under `field`.
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

/// Decodes `value`.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    decode_from(value)
}

/// Decodes text that is known to be JSON, which may be nested to any depth: too deep where something is to be read is an
/// error like any other, and what nothing reads is stepped over.
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
