//! [`Change`]: one entry to set or to remove; [`Edit`]: the changes of one object.

use serde_json::{Map, Value};

/// Changes of one object. All of them are made, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which object of the document, as a JSON pointer: empty for the whole document, `/items/3` for an item of a list. New entries are
    /// indented as this object indents its own.
    pub at: String,
    /// A later change of the same path overrides an earlier one.
    pub changes: Vec<Change>,
}

/// One entry of a map: where it is, and its new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Keys of maps, from the object down to the entry. Maps that are missing are added.
    pub path: Vec<String>,
    /// `None` removes the entry.
    pub value: Option<NewValue>,
}

/// A value that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// Text, in quotes where another reader would take it for something else.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`
    Null,
    /// A list of texts.
    Texts(Vec<String>),
}

impl Change {
    /// Sets the entry at `path`, whether it is there or not.
    pub fn set(path: impl IntoIterator<Item = impl Into<String>>, value: impl Into<NewValue>) -> Self {
        Self { path: path.into_iter().map(Into::into).collect(), value: Some(value.into()) }
    }

    /// Removes the entry at `path`. A missing entry is no error.
    pub fn remove(path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { path: path.into_iter().map(Into::into).collect(), value: None }
    }

    /// Makes the change in data. `None` if a value that is not a map is in the way.
    pub(crate) fn apply(&self, object: &mut Value) -> Option<()> {
        let (key, maps) = self.path.split_last()?;
        let mut here = object;
        for map in maps {
            let entries = as_map(here)?;
            here = match (&self.value, entries.get(map)) {
                (None, None | Some(Value::Null)) => return Some(()),
                _ => entries.entry(map).or_insert(Value::Null),
            };
        }
        let entries = as_map(here)?;
        match &self.value {
            Some(value) => drop(entries.insert(key.clone(), value.to_json())),
            None => drop(entries.shift_remove(key)),
        }
        Some(())
    }
}

/// The entries of a map. `null` becomes an empty map.
fn as_map(value: &mut Value) -> Option<&mut Map<String, Value>> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

impl NewValue {
    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Boolean(boolean) => (*boolean).into(),
            Self::Null => Value::Null,
            Self::Texts(texts) => texts.as_slice().into(),
        }
    }
}

impl From<&str> for NewValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for NewValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for NewValue {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl From<Vec<String>> for NewValue {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}
