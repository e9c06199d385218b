//! [`unknown_fields`]: fields that a SealedSecret does not have. `kubectl apply` refuses it because of them; a tool that does not loses what is
//! in them.

use serde_json::Value;
use std::fmt;

/// A level of a SealedSecret: its path, the fields that it has, and whether others are refused. In metadata and at the top, other tools add
/// fields of their own, and only a field that is spelt like one of these is wrong.
type Level = (&'static [&'static str], &'static [&'static str], bool);

const LEVELS: [Level; 4] = [
    (&[], &["apiVersion", "kind", "metadata", "spec", "status"], false),
    (&["metadata"], &["name", "namespace", "labels", "annotations", "finalizers", "generateName"], false),
    (&["spec"], &["template", "data", "encryptedData"], true),
    (&["spec", "template"], &["metadata", "type", "immutable", "data"], true),
];

/// A field that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownField {
    /// The path of the field, as in `spec.encrypteddata`.
    pub path: String,
    /// The field that is spelt the same but for upper and lower case, `-` and `_`.
    pub meant: Option<&'static str>,
}

/// The unknown fields among `names`, which are those of the map at this path.
pub(crate) fn unknown_fields(names: impl Fn(&[&str]) -> Vec<String>) -> Vec<UnknownField> {
    let mut found = Vec::new();
    for (path, known, is_closed) in LEVELS {
        let unknown = names(path).into_iter().filter(|name| !known.contains(&name.as_str()));
        for name in unknown {
            let meant = known.iter().copied().find(|known| folded(known) == folded(&name));
            if meant.is_some() || is_closed {
                let path = path.iter().copied().chain([name.as_str()]).collect::<Vec<_>>().join(".");
                found.push(UnknownField { path, meant });
            }
        }
    }
    found
}

/// The unknown fields of an object.
pub(crate) fn unknown_fields_of(object: &Value) -> Vec<UnknownField> {
    unknown_fields(|path| {
        let at = path.iter().try_fold(object, |value, field| value.get(field));
        at.and_then(Value::as_object).map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
    })
}

fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a SealedSecret has no field {}", self.path)?;
        self.meant.map_or(Ok(()), |meant| write!(f, "; {meant} is spelt so"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn misspelt_fields_are_found_where_they_are() {
        let object = json!({
            "apiversion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "x-own": 1,
            "metadata": { "Name": "db", "other": 1 },
            "spec": { "encrypted_data": {}, "encrypteddata": {}, "more": 1, "template": { "Type": "Opaque", "metadata": { "more": 1 } } },
        });
        let found: Vec<String> = unknown_fields_of(&object).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "a SealedSecret has no field apiversion; apiVersion is spelt so",
                "a SealedSecret has no field metadata.Name; name is spelt so",
                "a SealedSecret has no field spec.encrypted_data; encryptedData is spelt so",
                "a SealedSecret has no field spec.encrypteddata; encryptedData is spelt so",
                "a SealedSecret has no field spec.more",
                "a SealedSecret has no field spec.template.Type; type is spelt so",
            ]
        );
        assert_eq!(unknown_fields_of(&json!({ "spec": "text" })), []);
    }
}
