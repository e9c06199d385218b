//! [`last_editor`]: who wrote an object last beside the controller, from its `managedFields`. Only a name is kept of them: they may be many,
//! and nested to any depth.

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The controller's own name, as its `User-Agent` begins.
const OWN: &str = "sealed-secrets-controller";

/// The API server takes no longer name of a field manager.
const LONGEST: usize = 128;

/// The manager of the newest entry that is not the controller's and has a field which a SealedSecret sets.
pub(crate) fn last_editor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_seq(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut newest: Option<(String, String)> = None;
            while let Some(Entry { manager, time, fields_v1 }) = seq.next_element()? {
                let (manager, time) = (manager.unwrap_or_default(), time.unwrap_or_default());
                let counts = fields_v1.0 && !manager.is_empty() && manager.len() <= LONGEST && manager != OWN;
                // Times of the API server are in one form, in which the later text is the later time.
                if counts && newest.as_ref().is_none_or(|(at, _)| *at <= time) {
                    newest = Some((time, manager));
                }
            }
            Ok(newest.map(|(_, manager)| manager))
        }
    }

    deserializer.deserialize_option(Entries)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    manager: Option<String>,
    time: Option<String>,
    #[serde(default)]
    fields_v1: HasFields<0>,
}

/// Whether a set of fields has one that a SealedSecret sets: at depth 0 of the object, at depth 1 of its metadata. Anything but a map has
/// none, and is no error: one odd object must not end the watch of all.
#[derive(Default)]
struct HasFields<const DEPTH: usize>(bool);

impl<'de, const DEPTH: usize> Deserialize<'de> for HasFields<DEPTH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<const DEPTH: usize>;

        impl<'de, const DEPTH: usize> Visitor<'de> for Fields<DEPTH> {
            type Value = HasFields<DEPTH>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(HasFields(false))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(HasFields(false))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut has = false;
                while let Some(name) = map.next_key::<String>()? {
                    if DEPTH == 0 && name == "f:metadata" {
                        has |= map.next_value::<HasFields<1>>()?.0;
                        continue;
                    }
                    has |= match DEPTH {
                        0 => ["f:data", "f:type", "f:immutable"].contains(&name.as_str()),
                        _ => ["f:labels", "f:annotations"].contains(&name.as_str()),
                    };
                    map.next_value::<IgnoredAny>()?;
                }
                Ok(HasFields(has))
            }
        }

        deserializer.deserialize_any(Fields::<DEPTH>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn editor(managed_fields: &Value) -> Option<String> {
        let text = managed_fields.to_string();
        last_editor(&mut serde_json::Deserializer::from_str(&text)).unwrap()
    }

    fn entry(manager: &str, minute: u32, fields: &Value) -> Value {
        json!({ "manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                "time": format!("2026-02-03T04:{minute:02}:06Z"), "fieldsV1": fields })
    }

    #[test]
    fn the_newest_manager_of_a_field_that_matters_is_named() {
        let data = json!({ "f:data": { ".": {}, "f:password": {} } });
        let label = json!({ "f:metadata": { "f:labels": { "f:app": {} } } });
        let other = json!({ "f:metadata": { "f:finalizers": { "v:\"x\"": {} }, "f:ownerReferences": {} } });
        let long = "m".repeat(129);
        for (name, entries, expected) in [
            ("none", json!(null), None),
            ("empty", json!([]), None),
            ("ours alone", json!([entry(OWN, 9, &data)]), None),
            (
                "another, older than ours",
                json!([entry("kubectl-edit", 3, &data), entry(OWN, 9, &data)]),
                Some("kubectl-edit"),
            ),
            ("two others", json!([entry("b", 5, &data), entry("a", 4, &label)]), Some("b")),
            ("the labels count", json!([entry("b", 5, &data), entry("a", 6, &label)]), Some("a")),
            (
                "finalizers and owners do not",
                json!([entry("b", 5, &data), entry("gc", 6, &other)]),
                Some("b"),
            ),
            ("a name that is too long", json!([entry(&long, 6, &data), entry("b", 5, &data)]), Some("b")),
            ("odd entries", json!([{}, { "manager": "c", "fieldsV1": null, "time": null }]), None),
            ("no time", json!([{ "manager": "c", "fieldsV1": data }]), Some("c")),
        ] {
            assert_eq!(editor(&entries).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_map_is_no_error() {
        for odd in [
            json!(true),
            json!(-1),
            json!(1),
            json!(1.5),
            json!("f:data"),
            json!(["f:data", [[]]]),
            json!(null),
        ] {
            let entries = [odd.clone(), json!({ "f:metadata": odd })].map(|odd| entry("m", 1, &odd));
            assert_eq!(editor(&json!(entries)), None);
        }
    }

    #[test]
    fn fields_of_any_depth_are_skipped() {
        let deep = "{\"f:x\":".repeat(200_000) + "{}" + &"}".repeat(200_000);
        for fields in
            [format!("{{\"f:data\":{deep}}}"), format!("{{\"f:metadata\":{{\"f:labels\":{deep}}}}}")]
        {
            let text = format!("[{{\"manager\":\"m\",\"fieldsV1\":{fields}}}]");
            let read = last_editor(&mut serde_json::Deserializer::from_str(&text)).unwrap();
            assert_eq!(read.as_deref(), Some("m"));
        }
    }
}
