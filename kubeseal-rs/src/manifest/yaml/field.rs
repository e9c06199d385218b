//! [`Field`]: a node and its place, asked for the shape it should have.

use crate::manifest::error::ManifestError;
use crate::manifest::yaml::fault::Fault;
use crate::manifest::yaml::node::{Content, Key, Node};
use crate::manifest::yaml::place::Place;
use serde_json::Value;
use zeroize::Zeroizing;

/// A part of a Secret on its way to being read. `null` counts as absent, as in Go.
pub(crate) struct Field {
    pub place: Place,
    content: Content,
}

impl Field {
    /// A node at its place.
    pub(crate) fn new(place: Place, node: Node) -> Self {
        Self { place, content: node.content }
    }

    /// An object at its place, which says what the object is called. One without a kind is of the `implied` one.
    pub(crate) fn of_object(place: Place, node: Node, implied: &str) -> Self {
        let text = |path: &[&str]| node.at(path).and_then(Node::text).filter(|text| !text.is_empty());
        let name = text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"]));
        let kind = text(&["kind"]).unwrap_or(implied);
        let place = place.of_object(kind, text(&["metadata", "namespace"]), name);
        Self::new(place, node)
    }

    /// Whether it is null, which counts as absent.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// Whether there is nothing in it, so that a document does not count.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::Map(entries) => entries.is_empty(),
            Content::Boolean(_) | Content::Number | Content::Text(_) | Content::List(_) => false,
        }
    }

    /// The fields of a Kubernetes object; `known` are those that are told from misspelt ones.
    pub(crate) fn object(self, known: &[&'static str]) -> Result<Vec<(String, Self)>, ManifestError> {
        if !matches!(self.content, Content::Map(_)) {
            let found = self.content.kind();
            return Err(self.fault(Fault::NotAnObject(found)));
        }
        self.object_or_nothing(known)
    }

    /// The same, where the object may be left out.
    pub(crate) fn object_or_nothing(
        self,
        known: &[&'static str],
    ) -> Result<Vec<(String, Self)>, ManifestError> {
        let fields = self.map()?;
        for (key, field) in &fields {
            let meant = known.iter().find(|name| name.eq_ignore_ascii_case(key));
            if let Some(meant) = meant.filter(|name| *name != key) {
                return Err(field.fault(Fault::Misspelt(meant)));
            }
        }
        Ok(fields)
    }

    /// The entries of a map, whose keys are text and differ.
    pub(crate) fn map(self) -> Result<Vec<(String, Self)>, ManifestError> {
        let entries = match self.content {
            Content::Null => Vec::new(),
            Content::Map(entries) => entries,
            ref other => return Err(self.fault(other_shape(other, "a map"))),
        };
        let mut fields: Vec<(String, Self)> = Vec::with_capacity(entries.len());
        let mut seen = std::collections::HashSet::with_capacity(entries.len());
        for (key, node) in entries {
            let position = node.position;
            let key = match key {
                Key::Text(key) => key,
                Key::Other(kind) => {
                    return Err(ManifestError::At {
                        place: self.place.at(position),
                        fault: Fault::KeyNotText(kind),
                    });
                }
            };
            if !seen.insert(key.clone()) {
                return Err(ManifestError::At {
                    place: self.place.at(position),
                    fault: Fault::DuplicateKey(key),
                });
            }
            let field = Self::new(self.place.field(&key, position), node);
            fields.push((key, field));
        }
        Ok(fields)
    }

    /// The items of a list.
    pub(crate) fn list(self) -> Result<Vec<Node>, ManifestError> {
        match self.content {
            Content::Null => Ok(Vec::new()),
            Content::List(items) => Ok(items),
            ref other => Err(self.fault(other_shape(other, "a list"))),
        }
    }

    /// Text.
    pub(crate) fn text(self) -> Result<Option<Zeroizing<String>>, ManifestError> {
        match self.content {
            Content::Null => Ok(None),
            Content::Text(text) => Ok(Some(text)),
            ref other => Err(self.fault(other_shape(other, "text"))),
        }
    }

    /// Text that is no value, and need not be wiped.
    pub(crate) fn plain_text(self) -> Result<Option<String>, ManifestError> {
        Ok(self.text()?.map(|mut text| std::mem::take(&mut *text)))
    }

    /// A boolean.
    pub(crate) fn boolean(self) -> Result<Option<bool>, ManifestError> {
        match self.content {
            Content::Null => Ok(None),
            Content::Boolean(value) => Ok(Some(value)),
            ref other => Err(self.fault(other_shape(other, "true or false"))),
        }
    }

    /// All of it. Numbers become zero: no field that is read has one, and what is none of those is left out later.
    pub(crate) fn value(self) -> Result<Value, ManifestError> {
        match self.content {
            Content::Null => Ok(Value::Null),
            Content::Boolean(value) => Ok(value.into()),
            Content::Number => Ok(0.into()),
            Content::Text(mut text) => Ok(std::mem::take(&mut *text).into()),
            Content::List(items) => items
                .into_iter()
                .map(|node| Self::new(self.place.at(node.position), node).value())
                .collect::<Result<_, _>>()
                .map(Value::Array),
            Content::Map(_) => {
                let entries = self.map()?.into_iter().map(|(key, field)| Ok((key, field.value()?)));
                entries.collect::<Result<_, _>>().map(Value::Object)
            }
        }
    }

    /// Something wrong here.
    pub(crate) fn fault(&self, fault: Fault) -> ManifestError {
        ManifestError::At { place: self.place.clone(), fault }
    }
}

fn other_shape(content: &Content, wanted: &'static str) -> Fault {
    Fault::OtherShape { found: content.kind(), wanted }
}
