//! `other_fields`: which fields are different beside those that have lines of their own, so that no difference is passed over.

use serde_json::Value;

/// Fields that have lines of their own.
const OWN_LINES: [&str; 11] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "spec.encryptedData",
    "spec.data",
    "spec.template.type",
    "spec.template.immutable",
    "spec.template.data",
    "spec.template.metadata.labels",
    "spec.template.metadata.annotations",
];

/// Fields that the API server or the controller writes: they are in no file.
const OF_CLUSTER: [&str; 7] = [
    "status",
    "metadata.creationTimestamp",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.resourceVersion",
    "metadata.selfLink",
    "metadata.uid",
];

/// The other fields that are different, as paths. A field without content is as good as none.
pub(crate) fn other_fields(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect("", Some(old), Some(new), &mut found);
    found
}

fn collect(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<String>) {
    if old == new || OWN_LINES.contains(&path) || OF_CLUSTER.contains(&path) {
        return;
    }
    let (old, new) = (old.filter(|value| has_content(value)), new.filter(|value| has_content(value)));
    // Fields that are maps in a SealedSecret; what is in other fields is no name that says more.
    let is_map = matches!(path, "" | "metadata" | "spec" | "spec.template" | "spec.template.metadata");
    let fields = |value: Option<&Value>| {
        value.map_or(Some(Vec::new()), |value| Some(value.as_object()?.keys().cloned().collect()))
    };
    match (fields(old), fields(new)) {
        (Some(before), Some(after)) if is_map => {
            let mut names: Vec<String> = [before, after].concat();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let field = |value: Option<&'_ Value>| value.and_then(|value| value.get(&name)).cloned();
                collect(&below, field(old).as_ref(), field(new).as_ref(), found);
            }
        }
        _ if old != new => found.push(path.to_owned()),
        _ => {}
    }
}

fn has_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(fields) => fields.values().any(has_content),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_only_in_the_cluster_or_empty_is_no_difference() {
        let file = json!({ "metadata": { "name": "db" }, "spec": { "encryptedData": {} } });
        let live = json!({
            "metadata": { "name": "db", "uid": "u", "resourceVersion": "1", "managedFields": [{}], "creationTimestamp": "now" },
            "spec": { "encryptedData": {}, "template": { "metadata": { "creationTimestamp": null } } },
            "status": { "conditions": [] },
        });
        assert!(other_fields(&file, &live).is_empty(), "{:?}", other_fields(&file, &live));
    }

    #[test]
    fn other_fields_are_named_and_their_content_is_not() {
        let old = json!({
            "apiVersion": "a",
            "metadata": { "finalizers": ["x"], "name": "db" },
            "spec": { "template": { "metadata": { "ownerReferences": [{ "uid": "u" }] } }, "extra": { "deep": 1 } },
            "top": 1,
        });
        let new = json!({ "apiVersion": "b", "metadata": { "name": "api", "generateName": "api-" }, "spec": "text" });
        assert_eq!(
            other_fields(&old, &new),
            ["apiVersion", "metadata.finalizers", "metadata.generateName", "spec", "top"]
        );
        let new = json!({ "apiVersion": "a", "metadata": { "finalizers": ["x"] }, "top": 1 });
        assert_eq!(other_fields(&old, &new), ["spec.extra", "spec.template.metadata.ownerReferences"]);
    }
}
