//! [`ObservedSealedSecret`]: a whole SealedSecret as the API server has it, decodable or not. What a watch keeps is less:
//! [`WatchedSealedSecret`](crate::WatchedSealedSecret).
//!
//! A watch that decoded strictly would end at the first object with a wrong shape, and no other object would be reconciled. Here a wrong
//! shape is a fact about its object, and so is a depth that `serde_json` does not decode.

use super::served_as::served_as;
use crate::decode::{DecodeError, SealedSecretMetadata, decode_raw};
use crate::sealed_secret::{SealedSecret, SealedSecretSpec};
use crate::status::SealedSecretStatus;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The longest status that counts, in bytes of JSON. A controller writes none that is longer, even where hundreds of keys opened the
/// object.
const LONGEST_STATUS: usize = 128 << 10;

/// A SealedSecret whose metadata is known to decode, and whose spec may not.
#[derive(Debug, Clone)]
pub struct ObservedSealedSecret {
    /// The metadata, as far as it is read here. The API server checks it for every object.
    pub metadata: ObjectMeta,
    /// The spec, or what is wrong with it.
    pub spec: Result<SealedSecretSpec, DecodeError>,
    /// The status. One that does not decode, or that no controller wrote, counts as none and is written again.
    pub status: Option<SealedSecretStatus>,
}

impl<'de> Deserialize<'de> for ObservedSealedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            metadata: SealedSecretMetadata,
            #[serde(default)]
            spec: Box<RawValue>,
            #[serde(default)]
            status: Box<RawValue>,
        }
        let raw = Raw::deserialize(deserializer)?;
        Ok(Self {
            metadata: raw.metadata.0,
            spec: decode_raw(&raw.spec).map_err(|error| error.within("spec")),
            status: status_of(&raw.status),
        })
    }
}

/// The status, if it decodes and a controller may have written it.
pub(crate) fn status_of(json: &RawValue) -> Option<SealedSecretStatus> {
    if json.get().len() > LONGEST_STATUS {
        return None;
    }
    decode_raw(json).ok().flatten()
}

served_as!(ObservedSealedSecret, SealedSecret, |object| object.metadata, object.metadata);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_spec_is_a_fact_about_its_object() {
        let object = json!({ "metadata": { "name": "a" }, "spec": { "encryptedData": 5 }, "status": "odd" });
        let observed: ObservedSealedSecret = serde_json::from_value(object).unwrap();
        assert_eq!(observed.metadata.name.as_deref(), Some("a"));
        assert_eq!(observed.spec.unwrap_err().path, "spec.encryptedData");
        assert_eq!(observed.status, None);
    }

    #[test]
    fn a_missing_spec_decodes_to_an_error_too() {
        let observed: ObservedSealedSecret =
            serde_json::from_value(json!({ "metadata": { "name": "a" } })).unwrap();
        assert_eq!(observed.spec.unwrap_err().path, "spec");
    }
}
