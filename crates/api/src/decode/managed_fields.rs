//! [`ManagedFields`]: who wrote an object last beside the controller, and a digest of who wrote which of its fields, from its
//! `managedFields`. No more is kept of them: they may be many, and nested to any depth.

use super::raw::{Names, each_entry, each_item, hash};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// The controller's own name, as its `User-Agent` begins.
const OWN: &str = "sealed-secrets-controller";

/// The API server takes no longer name of a field manager.
const LONGEST: usize = 128;

/// What the `managedFields` of an object show.
#[derive(Debug, Default)]
pub(crate) struct ManagedFields {
    /// The manager of the newest entry that is not the controller's and has a field which a SealedSecret sets.
    pub editor: Option<String>,
    /// Who wrote what is not metadata; None if they do not say.
    pub owned: Option<OwnedFields>,
}

/// The entries of the controller, and of all others that have a field which is not metadata.
#[derive(Debug)]
pub(crate) struct OwnedFields {
    /// A digest of those entries: manager, time, and all fields which are not metadata.
    pub digest: [u8; 32],
    /// The names of the data items in them.
    pub items: Names,
    /// The newest of their times, as the API server writes it.
    pub newest: String,
}

impl<'de> Deserialize<'de> for ManagedFields {
    /// Anything but a list of entries has none, and is no error: one odd object must not end the watch of all.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(list) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        let (mut editor, mut owners) = (Editor::default(), Owners::default());
        let is_list = each_item(&list, |entry| match serde_json::from_str(entry.get()) {
            Ok(entry) => {
                owners.add(&entry);
                editor.add(entry);
            }
            Err(_) => owners.is_odd = true,
        });
        Ok(Self { editor: editor.0.map(|(_, manager)| manager), owned: owners.owned().filter(|_| is_list) })
    }
}

/// The newest time and manager so far.
#[derive(Default)]
struct Editor(Option<(String, String)>);

impl Editor {
    fn add(&mut self, Entry { manager, time, fields_v1, .. }: Entry) {
        let counts = fields_v1.has_ours && !manager.is_empty() && manager.len() <= LONGEST && manager != OWN;
        // Times of the API server are in one form, in which the later text is the later time.
        if counts && self.0.as_ref().is_none_or(|(at, _)| *at <= time) {
            self.0 = Some((time, manager));
        }
    }
}

/// The entries so far.
#[derive(Default)]
struct Owners {
    digest: Sha256,
    items: Names,
    newest: String,
    has_content: bool,
    is_odd: bool,
}

impl Owners {
    fn add(&mut self, Entry { manager, operation, api_version, time, fields_v1 }: &Entry) {
        self.is_odd |= fields_v1.is_odd;
        if !fields_v1.has_content && manager != OWN {
            return;
        }
        self.has_content |= fields_v1.has_content;
        self.digest.update(hash(&[manager, operation, api_version, time]));
        self.digest.update(fields_v1.content.clone().finalize());
        self.items.insert_all(&fields_v1.items);
        if *time > self.newest {
            self.newest.clone_from(time);
        }
    }

    fn owned(self) -> Option<OwnedFields> {
        let Self { digest, items, newest, has_content, is_odd } = self;
        (has_content && !is_odd).then(|| OwnedFields { digest: digest.finalize().into(), items, newest })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default, deserialize_with = "text")]
    manager: String,
    #[serde(default, deserialize_with = "text")]
    operation: String,
    #[serde(default, deserialize_with = "text")]
    api_version: String,
    #[serde(default, deserialize_with = "text")]
    time: String,
    #[serde(default)]
    fields_v1: Fields,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A set of fields.
#[derive(Default)]
struct Fields {
    /// It has a field that a SealedSecret sets.
    has_ours: bool,
    /// It has a field that is not metadata.
    has_content: bool,
    /// A digest of the fields that are not metadata, as received.
    content: Sha256,
    /// The names of the data items.
    items: Names,
    /// It is no map.
    is_odd: bool,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut fields, raw) = (Self::default(), Box::<RawValue>::deserialize(deserializer)?);
        fields.is_odd = !each_entry(&raw, |name, raw| fields.add(name, raw));
        Ok(fields)
    }
}

impl Fields {
    fn add(&mut self, name: &str, fields: &RawValue) {
        if name == "f:metadata" {
            each_entry(fields, |name, _| self.has_ours |= ["f:labels", "f:annotations"].contains(&name));
            return;
        }
        self.has_ours |= ["f:data", "f:type", "f:immutable"].contains(&name);
        self.has_content = true;
        self.content.update(hash(&[name, fields.get()]));
        if name == "f:data" {
            // Beside the items, a dot stands for the map itself.
            each_entry(fields, |name, _| {
                if let Some(name) = name.strip_prefix("f:") {
                    self.items.insert(name);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn editor(managed_fields: &Value) -> Option<String> {
        serde_json::from_value::<ManagedFields>(managed_fields.clone()).unwrap().editor
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
            let read: ManagedFields = serde_json::from_str(&text).unwrap();
            assert_eq!(read.editor.as_deref(), Some("m"));
        }
    }

    fn digest(managed_fields: &Value) -> Option<[u8; 32]> {
        serde_json::from_value::<ManagedFields>(managed_fields.clone()).unwrap().owned.map(|it| it.digest)
    }

    #[test]
    fn the_digest_changes_with_who_wrote_what_is_not_metadata() {
        let fields = json!({ "f:data": { ".": {}, "f:a": {}, "f:b": {} }, "f:type": {}, "f:metadata": { "f:labels": {} } });
        let label = json!({ "f:metadata": { "f:labels": { "f:app": {} } } });
        let before = json!([entry(OWN, 1, &fields), entry("kubectl-label", 2, &label)]);
        let known = digest(&before);
        assert!(known.is_some());
        let mut less = fields.clone();
        less["f:data"].as_object_mut().unwrap().remove("f:b");
        let mut moved = fields.clone();
        moved["f:metadata"] = json!({});
        for (name, entries, is_same) in [
            ("another label", json!([entry(OWN, 1, &fields), entry("kubectl-label", 9, &label)]), true),
            ("no label", json!([entry(OWN, 1, &fields)]), true),
            (
                "a label of ours that another client wrote",
                json!([entry(OWN, 1, &moved), entry("x", 9, &label)]),
                true,
            ),
            ("a write by us", json!([entry(OWN, 9, &fields), entry("kubectl-label", 2, &label)]), false),
            ("an item is gone", json!([entry(OWN, 1, &less), entry("kubectl-label", 2, &label)]), false),
            (
                "an item is another's",
                json!([entry(OWN, 1, &less), entry("x", 2, &json!({ "f:data": { "f:b": {} } }))]),
                false,
            ),
            (
                "one more owner",
                json!([entry(OWN, 1, &fields), entry("x", 1, &json!({ "f:immutable": {} }))]),
                false,
            ),
            (
                "ours has only metadata, and is new",
                json!([entry("x", 1, &fields), entry(OWN, 2, &label)]),
                false,
            ),
        ] {
            assert_eq!(digest(&entries) == known, is_same, "{name}");
        }
        assert_ne!(
            digest(&json!([entry("x", 1, &fields), entry(OWN, 2, &label)])),
            digest(&json!([entry("x", 1, &fields), entry(OWN, 3, &label)])),
            "each write by the controller counts"
        );
        for odd in [
            json!(null),
            json!([]),
            json!([{}]),
            json!([entry("x", 1, &label)]),
            json!([entry(OWN, 1, &json!(5))]),
        ] {
            assert_eq!(digest(&odd), None, "{odd}");
        }
    }
}
