//! [`WatchedSealedSecret`]: as much of a SealedSecret as a watch keeps of each.
//!
//! A watch keeps every object for as long as it exists, and a SealedSecret may have 1.5 MB. One tenant may create a few hundred of them,
//! which is more than a controller's memory; and most SealedSecrets are unsealed once and stay so. So only a short spec of a SealedSecret
//! that is not unsealed is kept, and kept as text: decoded, it may take ten times as much memory. Any other spec is read from the API server
//! when there is something to decide.

use super::kept_json::{KeptJson, KeptStatus};
use super::kept_spec::KeptSpec;
use super::sealed_secret::status_of;
use super::served_as::served_as;
use crate::annotations::{self, RECIPIENTS, recipients_digest};
use crate::condition::{Condition, ConditionStatus};
use crate::decode::{
    DecodeError, INSTANCE_LABEL, SealedSecretMetadata, WantedTrace, decode_raw, names_of_map,
};
use crate::sealed_secret::{SealedSecret, SealedSecretSpec};
use crate::status::SealedSecretStatus;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The longest spec that is kept, in bytes of JSON, together with the annotation for the recipients. Ten values that were sealed with a key of
/// 4096 bits are shorter.
const LONGEST_KEPT: usize = 8 << 10;

/// A SealedSecret whose metadata is known to decode; its spec may not, or may be too long to be kept.
#[derive(Debug, Clone)]
pub struct WatchedSealedSecret {
    /// The metadata, as far as it is read here, without annotations and labels. The API server checks it for every object.
    pub metadata: ObjectMeta,
    /// The annotations that are read. If the spec is not kept, neither is the annotation for the recipients.
    annotations: Option<KeptJson<BTreeMap<String, String>>>,
    /// The value of the label [`INSTANCE_LABEL`].
    pub instance: Option<Box<str>>,
    /// SHA-256 of the annotation for the recipients, in hex; None if there is none.
    pub recipients: Option<String>,
    /// The spec, where it is kept.
    pub spec: WatchedSpec,
    /// The status. One that does not decode, or that no controller wrote, counts as none and is written again.
    pub status: Option<KeptStatus>,
    /// What the spec says of the Secret, for comparison with the Secret's metadata.
    pub wanted: Option<WantedTrace>,
    /// How large the whole object is, in bytes of JSON.
    pub size: usize,
}

/// The spec of a SealedSecret, as a watch keeps it.
#[derive(Debug, Clone)]
pub enum WatchedSpec {
    /// As JSON, of any shape.
    Kept(KeptSpec),
    /// It is longer than what is kept, or not needed.
    Left {
        /// The names of its items, where those are few and short; else none. As a list in JSON, which takes less memory than a list.
        items: Box<str>,
    },
}

impl WatchedSpec {
    /// The spec, or what is wrong with it. None if it was not kept.
    pub fn decoded(&self) -> Option<Result<SealedSecretSpec, DecodeError>> {
        match self {
            Self::Kept(spec) => Some(decode_raw(spec.json()).map_err(|error| error.within("spec"))),
            Self::Left { .. } => None,
        }
    }

    /// The names of the items, as far as they are known.
    pub fn items(&self) -> Vec<String> {
        match self {
            Self::Kept(_) => {
                let spec = self.decoded().and_then(Result::ok).unwrap_or_default();
                spec.encrypted_data.into_keys().collect()
            }
            Self::Left { items } => serde_json::from_str(items).unwrap_or_default(),
        }
    }

    /// Reads the spec, beside which `other` bytes are kept, if it is needed.
    fn read(json: &RawValue, other: usize, is_needed: bool) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Names {
            #[serde(default, deserialize_with = "names_of_map")]
            encrypted_data: Vec<String>,
        }
        let is_short = json.get().len().saturating_add(other) <= LONGEST_KEPT;
        if let Some(kept) = (is_short && is_needed).then(|| KeptSpec::keep(json)).flatten() {
            return Self::Kept(kept);
        }
        let names: Option<Names> = serde_json::from_str(json.get()).ok();
        let items = names.map(|names| names.encrypted_data).unwrap_or_default();
        Self::Left { items: serde_json::to_string(&items).unwrap_or_default().into() }
    }
}

impl<'de> Deserialize<'de> for WatchedSealedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw<'a> {
            metadata: SealedSecretMetadata,
            #[serde(borrow, default)]
            spec: Option<&'a RawValue>,
            #[serde(borrow, default)]
            status: Option<&'a RawValue>,
        }
        let whole = Box::<RawValue>::deserialize(deserializer)?;
        let raw: Raw<'_> = serde_json::from_str(whole.get()).map_err(D::Error::custom)?;
        let mut metadata = raw.metadata.0;
        let mut annotations = metadata.annotations.take().unwrap_or_default();
        let recipients = annotations.remove(RECIPIENTS);
        let instance = metadata.labels.take().and_then(|mut labels| labels.remove(INSTANCE_LABEL));
        let json = raw.spec.unwrap_or(RawValue::NULL);
        let status = raw.status.and_then(status_of);
        let is_needed = !status.as_ref().is_some_and(|status| is_unsealed(&metadata, status));
        let spec = WatchedSpec::read(json, recipients.as_ref().map_or(0, String::len), is_needed);
        let digest = recipients.as_deref().map(recipients_digest);
        if let WatchedSpec::Kept(_) = &spec {
            annotations.extend(recipients.map(|text| (RECIPIENTS.to_owned(), text)));
        }
        Ok(Self {
            metadata,
            annotations: (!annotations.is_empty()).then(|| KeptJson::of(&annotations)),
            instance: instance.map(Into::into),
            recipients: digest,
            spec,
            status: status.as_ref().map(KeptStatus::of),
            wanted: WantedTrace::of(json),
            size: whole.get().len(),
        })
    }
}

/// Whether this generation was unsealed, and a Secret is named: whatever comes later is a change, by which little is lost if the spec has to be
/// read.
fn is_unsealed(metadata: &ObjectMeta, status: &SealedSecretStatus) -> bool {
    let synced = status.condition(Condition::SYNCED);
    synced.is_some_and(|synced| synced.status == ConditionStatus::True)
        && status.observed_generation.is_some()
        && status.observed_generation == metadata.generation
        && status.target.is_some()
}

impl WatchedSealedSecret {
    /// The annotations that are read.
    pub fn decoded_annotations(&self) -> Option<BTreeMap<String, String>> {
        self.annotations.as_ref().map(KeptJson::decoded)
    }

    /// The metadata with the annotations that are read.
    pub fn annotated_metadata(&self) -> ObjectMeta {
        ObjectMeta { annotations: self.decoded_annotations(), ..self.metadata.clone() }
    }

    /// Whether another form of the object has the annotations that are read here.
    #[must_use]
    pub fn has_annotations_of(&self, other: &ObjectMeta) -> bool {
        let own = self.decoded_annotations().unwrap_or_default();
        let get = |name| other.annotations.as_ref().and_then(|all| all.get(name));
        self.recipients == get(RECIPIENTS).map(|text| recipients_digest(text))
            && annotations::OF_SEALED_SECRETS
                .iter()
                .filter(|name| **name != RECIPIENTS)
                .all(|name| own.get(*name) == get(name))
    }
}

served_as!(WatchedSealedSecret, SealedSecret, |object| object.metadata, object.metadata);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn watched(spec: &Value) -> WatchedSealedSecret {
        serde_json::from_value(json!({ "metadata": { "name": "a" }, "spec": spec, "status": "odd" })).unwrap()
    }

    fn long() -> String {
        "A".repeat(LONGEST_KEPT)
    }

    #[test]
    fn a_short_spec_is_stored_and_a_wrong_one_is_an_error_of_its_object() {
        let short = watched(&json!({ "encryptedData": { "password": "AgA=" } }));
        assert_eq!(short.spec.decoded().unwrap().unwrap().encrypted_data["password"], "AgA=");
        assert_eq!(short.spec.items(), ["password"]);
        assert_eq!(short.status, None);
        let object = json!({ "metadata": { "name": "a" } });
        let missing: WatchedSealedSecret = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(missing.size, object.to_string().len());
        for (observed, path) in
            [(watched(&json!({ "encryptedData": 5 })), "spec.encryptedData"), (missing, "spec")]
        {
            assert_eq!(observed.spec.decoded().unwrap().unwrap_err().path, path);
        }
    }

    #[test]
    fn of_a_long_spec_the_names_are_stored() {
        let observed = watched(&json!({ "encryptedData": { "a": long(), "b": "AgA=" }, "template": {} }));
        assert_eq!(observed.spec.decoded(), None);
        assert_eq!(observed.spec.items(), ["a", "b"]);
        assert!(observed.size > LONGEST_KEPT);
    }

    /// It was unsealed: the spec is not needed before the next change, and is not kept.
    #[test]
    fn of_what_is_unsealed_the_names_are_stored() {
        let object = |generation: i64, synced: &str, target: &Value| -> WatchedSealedSecret {
            let status = json!({ "observedGeneration": generation, "conditions": [{ "type": "Synced", "status": synced }], "target": target });
            let spec = json!({ "encryptedData": { "a": "AgA=", "b": "AgA=" } });
            serde_json::from_value(
                json!({ "metadata": { "name": "a", "generation": 2 }, "spec": spec, "status": status }),
            )
            .unwrap()
        };
        let target = json!({ "resourceVersion": "7", "scope": "strict" });
        for (name, object, is_left) in [
            ("unsealed", object(2, "True", &target), true),
            ("changed since", object(1, "True", &target), false),
            ("a failure", object(2, "False", &target), false),
            ("a status of upstream's", object(2, "True", &json!(null)), false),
        ] {
            assert_eq!(object.spec.decoded().is_none(), is_left, "{name}");
            assert_eq!(object.spec.items(), ["a", "b"], "{name}");
        }
    }

    /// Recipients that are long count as a long spec does; the digest is kept always.
    #[test]
    fn long_recipients_are_not_kept() {
        let object = |recipients: &str| -> WatchedSealedSecret {
            let annotations =
                json!({ RECIPIENTS: recipients, "sealedsecrets.bitnami.com/cluster-wide": "true" });
            let metadata = json!({ "name": "a", "annotations": annotations });
            serde_json::from_value(json!({ "metadata": metadata, "spec": { "encryptedData": {} } })).unwrap()
        };
        let (short, cut) = (object("{}"), object(&long()));
        assert!(short.spec.decoded().is_some() && cut.spec.decoded().is_none());
        let text =
            |object: &WatchedSealedSecret| object.decoded_annotations().unwrap().get(RECIPIENTS).cloned();
        assert_eq!((text(&short).as_deref(), text(&cut)), (Some("{}"), None));
        let sha256_of_braces = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(short.recipients.as_deref(), Some(sha256_of_braces));
        assert!(cut.recipients.is_some() && watched(&json!({})).recipients.is_none());
        let mut whole = short.annotated_metadata();
        assert!(short.has_annotations_of(&whole) && !cut.has_annotations_of(&whole));
        whole.annotations.as_mut().unwrap().insert(RECIPIENTS.into(), long());
        assert!(!short.has_annotations_of(&whole) && cut.has_annotations_of(&whole));
        whole.annotations.as_mut().unwrap().remove("sealedsecrets.bitnami.com/cluster-wide");
        assert!(!cut.has_annotations_of(&whole));
    }

    #[test]
    fn too_many_or_too_long_names_are_dropped() {
        let many: Value = (0..1_000).map(|number| (format!("item-{number}"), json!("AgA="))).collect();
        let odd = json!({ "a": [long()], "b": 5 });
        for (items, expected) in [
            (many, [].as_slice()),
            (json!({ long(): "AgA=" }), &[]),
            (json!({ "a": long(), "n".repeat(2_000): "AgA=" }), &[]),
            (odd, &["a", "b"]),
            (json!([long()]), &[]),
            (json!(long()), &[]),
        ] {
            assert_eq!(watched(&json!({ "encryptedData": items })).spec.items(), expected);
        }
    }
}
