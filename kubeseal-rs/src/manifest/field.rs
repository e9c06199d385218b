//! [`FieldReader`]: a node and its location; its methods read the expected type, or return an error.

use crate::manifest::error::ManifestError;
use crate::manifest::location::Location;
use crate::manifest::yaml::invalid::InvalidManifest;
use crate::manifest::yaml::node::{Key, YamlNode, YamlValue};
use serde_json::Value;

/// A part of a Secret that is being read. `null` counts as absent, as in Go.
pub(crate) struct FieldReader {
    pub location: Location,
    value: YamlValue,
}

impl FieldReader {
    /// A node at its location.
    pub(crate) fn new(location: Location, node: YamlNode) -> Self {
        Self { location, value: node.value }
    }

    /// An object at its location, with its kind and name. An object without a kind is of the `implied` one.
    pub(crate) fn of_object(location: Location, node: YamlNode, implied: &str) -> Self {
        let text = |path: &[&str]| node.at(path).and_then(YamlNode::text).filter(|text| !text.is_empty());
        let name = text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"]));
        let kind = text(&["kind"]).unwrap_or(implied);
        let location = location.of_object(kind, text(&["metadata", "namespace"]), name);
        Self::new(location, node)
    }

    /// Whether it is null, which counts as absent.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, YamlValue::Null)
    }

    /// Whether it is empty, so that a document is skipped.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.value {
            YamlValue::Null => true,
            YamlValue::Map(entries) => entries.is_empty(),
            YamlValue::Boolean(_) | YamlValue::Number | YamlValue::Text(_) | YamlValue::List(_) => false,
        }
    }

    /// The fields of a Kubernetes object; a field whose name is close to one of `known` is an error.
    pub(crate) fn object(self, known: &[&'static str]) -> Result<Vec<(String, Self)>, ManifestError> {
        if !matches!(self.value, YamlValue::Map(_)) {
            let found = self.value.kind();
            return Err(self.invalid(InvalidManifest::NotAnObject(found)));
        }
        self.object_or_nothing(known)
    }

    /// The fields of a Kubernetes object that may be left out; a field whose name is close to one of `known` is an
    /// error.
    pub(crate) fn object_or_nothing(
        self,
        known: &[&'static str],
    ) -> Result<Vec<(String, Self)>, ManifestError> {
        let fields = self.map()?;
        for (key, field) in &fields {
            let meant = known.iter().find(|name| name.eq_ignore_ascii_case(key));
            if let Some(meant) = meant.filter(|name| *name != key) {
                return Err(field.invalid(InvalidManifest::Misspelt(meant)));
            }
        }
        Ok(fields)
    }

    /// The entries of a map, with unique string keys.
    pub(crate) fn map(self) -> Result<Vec<(String, Self)>, ManifestError> {
        let entries = match self.value {
            YamlValue::Null => Vec::new(),
            YamlValue::Map(entries) => entries,
            ref other => return Err(self.invalid(other_shape(other, "a map"))),
        };
        let mut fields: Vec<(String, Self)> = Vec::with_capacity(entries.len());
        let mut seen = std::collections::HashSet::with_capacity(entries.len());
        for (key, node) in entries {
            let position = node.position;
            let key = match key {
                Key::Text(key) => key,
                Key::Other(kind) => {
                    return Err(ManifestError::At {
                        location: self.location.at(position),
                        problem: InvalidManifest::KeyNotText(kind),
                    });
                }
            };
            if !seen.insert(key.clone()) {
                return Err(ManifestError::At {
                    location: self.location.at(position),
                    problem: InvalidManifest::DuplicateKey(key),
                });
            }
            let field = Self::new(self.location.field(&key, position), node);
            fields.push((key, field));
        }
        Ok(fields)
    }

    /// The items of a list.
    pub(crate) fn list(self) -> Result<Vec<YamlNode>, ManifestError> {
        match self.value {
            YamlValue::Null => Ok(Vec::new()),
            YamlValue::List(items) => Ok(items),
            ref other => Err(self.invalid(other_shape(other, "a list"))),
        }
    }

    pub(crate) fn text(self) -> Result<Option<String>, ManifestError> {
        match self.value {
            YamlValue::Null => Ok(None),
            YamlValue::Text(text) => Ok(Some(text)),
            ref other => Err(self.invalid(other_shape(other, "text"))),
        }
    }

    pub(crate) fn boolean(self) -> Result<Option<bool>, ManifestError> {
        match self.value {
            YamlValue::Null => Ok(None),
            YamlValue::Boolean(value) => Ok(Some(value)),
            ref other => Err(self.invalid(other_shape(other, "true or false"))),
        }
    }

    /// The whole value. Numbers become zero: no field that is read is a number, and other fields are dropped later.
    pub(crate) fn value(self) -> Result<Value, ManifestError> {
        match self.value {
            YamlValue::Null => Ok(Value::Null),
            YamlValue::Boolean(value) => Ok(value.into()),
            YamlValue::Number => Ok(0.into()),
            YamlValue::Text(text) => Ok(text.into()),
            YamlValue::List(items) => items
                .into_iter()
                .map(|node| Self::new(self.location.at(node.position), node).value())
                .collect::<Result<_, _>>()
                .map(Value::Array),
            YamlValue::Map(_) => {
                let entries = self.map()?.into_iter().map(|(key, field)| Ok((key, field.value()?)));
                entries.collect::<Result<_, _>>().map(Value::Object)
            }
        }
    }

    /// The error that this is invalid.
    pub(crate) fn invalid(&self, problem: InvalidManifest) -> ManifestError {
        ManifestError::At { location: self.location.clone(), problem }
    }
}

fn other_shape(value: &YamlValue, wanted: &'static str) -> InvalidManifest {
    InvalidManifest::OtherShape { found: value.kind(), wanted }
}
