//! [`Location`]: a position in the input, for messages.

use crate::files::input::Input;
use crate::manifest::names::shown_name;
use crate::terminal::escape::shown;
use std::fmt;
use std::sync::Arc;
use yaml_edit_in_place::Position;

/// Document, object, line and field. In a box, because every error holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    /// None where the message names the file itself.
    input: Option<Arc<Input>>,
    /// None for an object of the cluster.
    document: Option<usize>,
    /// The index in a `List`.
    item: Option<usize>,
    /// Kind, namespace and name of the object, as far as it has a name.
    object: Option<Arc<str>>,
    position: Option<Position>,
    /// Keys from the top of the object, with dots between. Empty for the whole object.
    field: String,
}

impl Location {
    /// A whole document.
    pub(crate) fn document(document: usize, position: Option<Position>) -> Self {
        Self(Box::new(Parts {
            input: None,
            document: Some(document),
            item: None,
            object: None,
            position,
            field: String::new(),
        }))
    }

    /// An object of the cluster.
    pub(crate) fn in_cluster(kind: &str, namespace: Option<&str>, name: Option<&str>) -> Self {
        let mut location = Self::document(0, None).of_object(kind, namespace, name);
        location.0.document = None;
        location
    }

    /// Adds the input.
    pub(crate) fn of(mut self, input: &Input) -> Self {
        self.0.input = Some(Arc::new(input.clone()));
        self
    }

    /// An item of the List in this document. If its position is not known, that of the List would mislead.
    pub(crate) fn item(&self, item: usize, position: Option<Position>) -> Self {
        let mut location = Self::document(0, position);
        location.0.document = self.0.document;
        location.0.input.clone_from(&self.0.input);
        location.0.item = Some(item);
        location
    }

    /// Adds the object's kind and name.
    pub(crate) fn of_object(mut self, kind: &str, namespace: Option<&str>, name: Option<&str>) -> Self {
        self.0.object = name.filter(|name| !name.is_empty()).map(|name| {
            let (kind, name) = (shown_name(kind), shown_name(name));
            match namespace.filter(|namespace| !namespace.is_empty()) {
                Some(namespace) => format!("{kind} {}/{name}", shown_name(namespace)).into(),
                None => format!("{kind} {name}").into(),
            }
        });
        self
    }

    /// The location in a stream with this many documents more before it.
    pub(crate) fn after(mut self, documents: usize) -> Self {
        self.0.document = self.0.document.map(|document| document + documents);
        self
    }

    /// Another line, for parts without a name of their own.
    pub(crate) fn at(&self, position: Option<Position>) -> Self {
        let mut location = self.clone();
        location.0.position = position.or(self.0.position);
        location
    }

    /// A field of this object.
    pub(crate) fn field(&self, key: &str, position: Option<Position>) -> Self {
        let mut location = self.clone();
        let parts = &mut *location.0;
        // Without a position of its own, the position of the object around it would mislead.
        parts.position = position;
        if !parts.field.is_empty() {
            parts.field.push('.');
        }
        parts.field.push_str(key);
        location
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &*self.0;
        if let Some(input) = &parts.input {
            write!(f, "{input}, ")?;
        }
        match (parts.document, &parts.object) {
            (None, object) => f.write_str(object.as_deref().unwrap_or("an object without a name"))?,
            (Some(document), object) => {
                write!(f, "document {document}")?;
                if let Some(item) = parts.item {
                    write!(f, ", item {item}")?;
                }
                if let Some(object) = object {
                    write!(f, " ({object})")?;
                }
            }
        }
        if let Some(Position { line, column }) = parts.position {
            write!(f, ", line {line}")?;
            if let Some(column) = column {
                write!(f, ", column {column}")?;
            }
        }
        if !parts.field.is_empty() {
            write!(f, ", field {}", shown(&parts.field))?;
        }
        Ok(())
    }
}
