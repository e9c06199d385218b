//! [`ObservedSealedSecret`]: a whole SealedSecret as the API server has it, decodable or not. What a watch keeps is less:
//! [`WatchedSealedSecret`](crate::WatchedSealedSecret).
//!
//! A watch that decoded strictly would end at the first object with a wrong shape, and with it the care for all
//! others. Here a wrong shape is a fact about its object, and so is a depth that `serde_json` does not decode.

use crate::decode::{DecodeError, decode_raw};
use crate::metadata::SealedSecretMetadata;
use crate::sealed_secret::{SealedSecret, SealedSecretSpec};
use crate::status::SealedSecretStatus;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// In bytes; longer than any that a controller writes, even where hundreds of keys opened the object.
const LONGEST_STATUS: usize = 128 << 10;

/// A SealedSecret whose metadata is known to decode, and whose spec may not.
#[derive(Debug, Clone)]
pub struct ObservedSealedSecret {
    /// Checked by the API server for every object; as much of it as anybody reads.
    pub metadata: ObjectMeta,
    /// The spec, or what is wrong with it.
    pub spec: Result<SealedSecretSpec, DecodeError>,
    /// The status; one that does not decode, or that no controller wrote, counts as none, and is written anew.
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

impl Resource for ObservedSealedSecret {
    type DynamicType = ();
    type Scope = <SealedSecret as Resource>::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        SealedSecret::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        SealedSecret::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        SealedSecret::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        SealedSecret::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

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
