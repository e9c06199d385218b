//! [`Field`]: a node of the project file and the path of its field; its methods read the expected type, or return an error.

use crate::manifest::yaml::invalid::InvalidManifest;
use crate::manifest::yaml::node::{Key, YamlNode, YamlValue};
use crate::project::file::invalid::{Invalid, Problem};
use std::collections::HashSet;
use yaml_edit_in_place::Position;

/// The most entries of a map or a list. More are a mistake, or meant to be expensive.
const MOST: usize = 1000;

/// A part of the file.
pub(crate) struct Field {
    /// Keys from the top, with dots between.
    path: String,
    position: Option<Position>,
    value: YamlValue,
}

/// The fields of a map, each of which is taken once.
pub(crate) struct Fields {
    path: String,
    position: Option<Position>,
    entries: Vec<(String, Field)>,
}

impl Field {
    /// The whole file.
    pub(crate) fn top(node: YamlNode) -> Self {
        Self { path: String::new(), position: node.position, value: node.value }
    }

    fn within(path: &str, key: &str, node: YamlNode) -> Self {
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        Self { path, position: node.position, value: node.value }
    }

    /// The entries of a map, whose keys are texts and unique.
    pub(crate) fn entries(self) -> Result<Vec<(String, Self)>, Invalid> {
        let YamlValue::Map(entries) = self.value else { return Err(self.other_shape("a map")) };
        if entries.len() > MOST {
            return Err(Invalid { position: self.position, field: self.path, problem: Problem::TooMany });
        }
        let (mut fields, mut seen) = (Vec::with_capacity(entries.len()), HashSet::new());
        for (key, node) in entries {
            let wrong = |problem: InvalidManifest| Invalid {
                position: node.position,
                field: self.path.clone(),
                problem: problem.into(),
            };
            let key = match key {
                Key::Text(key) => key,
                Key::Other(kind) => return Err(wrong(InvalidManifest::KeyNotText(kind))),
            };
            if !seen.insert(key.clone()) {
                return Err(wrong(InvalidManifest::DuplicateKey(key)));
            }
            let field = Self::within(&self.path, &key, node);
            fields.push((key, field));
        }
        Ok(fields)
    }

    /// The fields of a map that has no others than the `known` ones.
    pub(crate) fn fields(self, known: &'static [&'static str]) -> Result<Fields, Invalid> {
        let (path, position) = (self.path.clone(), self.position);
        let entries = self.entries()?;
        match entries.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, field)) => Err(Invalid {
                field: path,
                ..field.invalid(Problem::UnknownField { field: key.clone(), known })
            }),
            None => Ok(Fields { path, position, entries }),
        }
    }

    /// The items of a list.
    pub(crate) fn items(self) -> Result<Vec<Self>, Invalid> {
        let YamlValue::List(items) = self.value else { return Err(self.other_shape("a list")) };
        if items.len() > MOST {
            return Err(Invalid { position: self.position, field: self.path, problem: Problem::TooMany });
        }
        let item =
            |(index, node): (usize, YamlNode)| Self::within(&self.path, &(index + 1).to_string(), node);
        Ok((0..).zip(items).map(item).collect())
    }

    pub(crate) fn text(&self) -> Result<&str, Invalid> {
        match &self.value {
            YamlValue::Text(text) => Ok(text),
            _ => Err(self.other_shape("text")),
        }
    }

    /// The error that this is invalid.
    pub(crate) fn invalid(&self, problem: impl Into<Problem>) -> Invalid {
        Invalid { position: self.position, field: self.path.clone(), problem: problem.into() }
    }

    fn other_shape(&self, wanted: &'static str) -> Invalid {
        self.invalid(InvalidManifest::OtherShape { found: self.value.kind(), wanted })
    }
}

impl Fields {
    /// A field that may be left out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Field> {
        let at = self.entries.iter().position(|(name, _)| name == key)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// A field that may not be left out.
    pub(crate) fn required(&mut self, key: &'static str) -> Result<Field, Invalid> {
        self.take(key).ok_or_else(|| self.invalid(Problem::Missing(key)))
    }

    /// The error that these fields together are invalid.
    pub(crate) fn invalid(&self, problem: impl Into<Problem>) -> Invalid {
        Invalid { position: self.position, field: self.path.clone(), problem: problem.into() }
    }
}
