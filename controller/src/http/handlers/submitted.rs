//! [`Submitted`]: a SealedSecret from the body of a request, JSON or YAML, one document.
//!
//! Any client may send one, so it must not use more memory than a few times its own size: fields that are not needed to
//! open it are checked to be JSON and skipped, and never built. [`json_text`] converts YAML to JSON, within a budget.

use api::SealedSecretSpec;
use api::annotations::RECIPIENTS;
use api::{SealedSecret, SealedSecretMetadata};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;
use recipients::TooLong;
use sealing::MAX_ITEMS_OF_A_REQUEST;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// The fields of a SealedSecret that are needed to open it.
#[derive(Debug)]
pub(crate) struct Submitted {
    /// Its name, namespace and our annotations.
    pub metadata: ObjectMeta,
    /// Its sealed values.
    pub spec: SealedSecretSpec,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The body is not one SealedSecret; answered as upstream does.
    NotASealedSecret,
    DoesNotOpen,
    /// It may open with a key that waits to be unwrapped; or there is no certificate to seal to. With the reason.
    NoKey(&'static str),
    /// It has too many items for a request.
    TooMuch,
    /// It opens, and its annotation for recipients is longer than what is written.
    TooLong(TooLong),
    TooMany,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotASealedSecret => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Self::DoesNotOpen => StatusCode::CONFLICT.into_response(),
            Self::NoKey(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason).into_response(),
            Self::TooMuch => {
                let why = format!(
                    "this SealedSecret is too large for /v1/verify and /v1/rotate: it has more than {MAX_ITEMS_OF_A_REQUEST} items, was sealed \
                     with too many keys, or is YAML of more than {} KiB; the controller unseals it all the same\n",
                    LARGEST_YAML >> 10
                );
                (StatusCode::PAYLOAD_TOO_LARGE, why).into_response()
            }
            Self::TooLong(too_long) => {
                let why = format!(
                    "{too_long}, so that /v1/rotate cannot write {RECIPIENTS}: with `layout: per-cluster`, the rule for its file makes an \
                     ordinary SealedSecret for each cluster; the controller unseals it all the same\n"
                );
                (StatusCode::PAYLOAD_TOO_LARGE, why).into_response()
            }
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS.into_response(),
        }
    }
}

impl Refused {
    /// It may open with a key that waits to be unwrapped.
    pub(crate) const WAITS: Self = Self::NoKey(WAITING);
}

const WAITING: &str = "it may need a sealing key that is wrapped, and not unwrapped yet; try again later\n";

/// YAML is read into values, which take several times its size. Programs send JSON, which may be larger.
const LARGEST_YAML: usize = 512 << 10;

/// The body as JSON text: unchanged, or converted from YAML.
pub(crate) fn json_text(body: Bytes) -> Result<Bytes, Refused> {
    let text = std::str::from_utf8(&body).map_err(|_| Refused::NotASealedSecret)?;
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Ok(body);
    }
    if body.len() > LARGEST_YAML {
        return Err(Refused::TooMuch);
    }
    let value: Option<Value> = serde_saphyr::from_str_with_options(text, budget()).ok();
    // Before the copy is made.
    drop(body);
    let json = value.and_then(|value| serde_json::to_vec(&value).ok());
    json.map(Bytes::from).ok_or(Refused::NotASealedSecret)
}

/// More than any sensible SealedSecret needs. Each node of YAML is built as a value, which takes up to a kilobyte; and
/// a few bytes of YAML can expand to many nodes.
fn budget() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_nodes: 4_000,
            max_events: 16_000,
            max_anchors: 100,
            max_aliases: 1_000,
            max_recorded_anchor_events: 4_000,
            max_recorded_anchor_bytes: 1 << 20,
            max_total_scalar_bytes: 2 << 20,
        },
        // A snippet is a line of the body.
        with_snippet: false,
    }
}

impl Submitted {
    /// Reads a JSON text, or refuses it without showing its content.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Parts<'a> {
            kind: String,
            api_version: String,
            #[serde(borrow)]
            metadata: &'a RawValue,
            #[serde(borrow)]
            spec: &'a RawValue,
        }
        let parts: Parts<'_> = object(json)?;
        if parts.kind != SealedSecret::kind(&()) || parts.api_version != SealedSecret::api_version(&()) {
            return Err(Refused::NotASealedSecret);
        }
        let SealedSecretMetadata(metadata) = object(parts.metadata.get().as_bytes())?;
        let Spec { data, encrypted_data } = object(parts.spec.get().as_bytes())?;
        let Items::These(encrypted_data) = encrypted_data else { return Err(Refused::TooMuch) };
        let spec = SealedSecretSpec { data, encrypted_data, ..SealedSecretSpec::default() };
        Ok(Self { metadata, spec })
    }
}

/// serde would accept a list for a struct; [`resealed_object`](crate::http::handlers::resealed_object) would not.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Refused> {
    let is_object = json.trim_ascii_start().first() == Some(&b'{');
    let read = is_object.then(|| serde_json::from_slice(json).ok()).flatten();
    read.ok_or(Refused::NotASealedSecret)
}

/// The sealed values of a spec. Other fields are skipped.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    data: Option<String>,
    encrypted_data: Items,
}

/// The items, if there are not too many for a request.
enum Items {
    These(BTreeMap<String, String>),
    TooMany,
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;
        impl<'de> Visitor<'de> for Counting {
            type Value = Items;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of texts")
            }

            // Go reads `null` as no items.
            fn visit_unit<E>(self) -> Result<Items, E> {
                Ok(Items::These(BTreeMap::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items, A::Error> {
                let mut items = BTreeMap::new();
                while let Some((name, sealed)) = map.next_entry()? {
                    items.insert(name, sealed);
                    if items.len() > MAX_ITEMS_OF_A_REQUEST {
                        drop(items);
                        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        return Ok(Items::TooMany);
                    }
                }
                Ok(Items::These(items))
            }
        }
        deserializer.deserialize_any(Counting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const YAML: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\n\
                        spec: {encryptedData: {x: AgA=}}\n";

    fn read(body: impl Into<Vec<u8>>) -> Result<Submitted, Refused> {
        Submitted::read(&json_text(Bytes::from(body.into()))?)
    }

    #[test]
    fn reads_yaml_and_json() {
        let json = json_text(YAML.into()).unwrap();
        let submitted = Submitted::read(&json).unwrap();
        assert_eq!(submitted.metadata.name.as_deref(), Some("a"));
        assert_eq!(submitted.spec.encrypted_data["x"], "AgA=");
        assert_eq!(read(json).unwrap().spec, submitted.spec);
    }

    #[test]
    fn refuses_everything_else() {
        let two = format!("{YAML}---\n{YAML}");
        let secret = YAML.replace("SealedSecret", "Secret");
        let shape = YAML.replace("{x: AgA=}", "5");
        let list = YAML.replace("{encryptedData: {x: AgA=}}", "[null, {x: AgA=}]");
        let bomb = "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n";
        let tuple = r#"["SealedSecret", "bitnami.com/v1alpha1", {}, {"encryptedData": {}}]"#;
        for body in ["", "{}", "[", &list, "\u{0}", &two, &secret, &shape, bomb, tuple] {
            assert_eq!(read(body).unwrap_err(), Refused::NotASealedSecret, "{body}");
        }
        assert_eq!(json_text(Bytes::from_static(&[0xff, 0xfe])), Err(Refused::NotASealedSecret));
    }

    #[test]
    fn more_items_than_are_answered_are_too_much() {
        let with = |count: usize| {
            let items: BTreeMap<_, _> = (0..count).map(|item| (format!("i{item}"), "AgA=")).collect();
            json!({ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {},
                    "spec": { "encryptedData": items } })
            .to_string()
        };
        assert_eq!(read(with(500)).unwrap().spec.encrypted_data.len(), 500);
        assert_eq!(read(with(501)).unwrap_err(), Refused::TooMuch);
        assert_eq!(read(format!("{YAML}x: {}", "y".repeat(LARGEST_YAML))).unwrap_err(), Refused::TooMuch);
    }

    #[test]
    fn what_is_not_read_is_stepped_over_at_any_depth() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        let object = format!(
            r#"{{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","x":{deep},"metadata":{{"managedFields":{deep}}},
                 "spec":{{"encryptedData":null,"template":{deep}}}}}"#
        );
        assert!(read(object).unwrap().spec.encrypted_data.is_empty());
    }
}
