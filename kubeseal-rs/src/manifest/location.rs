//! [`Location`] and [`ObjectLocation`]: where something is in the input, as messages name it.

use crate::files::input::Input;
use crate::manifest::names::shown_name;
use crate::terminal::escape::shown;
use std::fmt;
use std::sync::Arc;
use yaml_edit_in_place::Position;

/// The input, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    input: Arc<Input>,
    pub within: ObjectLocation,
}

/// Document, object, line and field. In a box, because every error holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectLocation(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    document: usize,
    /// In a `List`.
    item: Option<usize>,
    /// Kind, namespace and name of the object, as far as it has a name.
    object: Option<Arc<str>>,
    position: Option<Position>,
    /// Keys from the top of the object, with dots between. Empty for the whole object.
    field: String,
}

impl ObjectLocation {
    /// A whole document.
    pub(crate) fn document(document: usize, position: Option<Position>) -> Self {
        Self(Box::new(Parts { document, item: None, object: None, position, field: String::new() }))
    }

    /// An item of the List in this document. Where its position is not known, that of the List would mislead.
    pub(crate) fn item(&self, item: usize, position: Option<Position>) -> Self {
        let mut within = Self::document(self.0.document, position);
        within.0.item = Some(item);
        within
    }

    /// Adds what the object calls itself.
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
}

impl Location {
    /// A whole document.
    pub(crate) fn document(input: &Input, document: usize, position: Option<Position>) -> Self {
        ObjectLocation::document(document, position).of(input)
    }

    /// The location in a stream with this many documents more before it.
    pub(crate) fn after(mut self, documents: usize) -> Self {
        self.within.0.document += documents;
        self
    }

    /// Adds what the object calls itself.
    pub(crate) fn of_object(self, kind: &str, namespace: Option<&str>, name: Option<&str>) -> Self {
        Self { within: self.within.of_object(kind, namespace, name), ..self }
    }

    /// An item of the List in this document.
    pub(crate) fn item(&self, item: usize, position: Option<Position>) -> Self {
        Self { input: Arc::clone(&self.input), within: self.within.item(item, position) }
    }

    /// Another line, for what has no name of its own.
    pub(crate) fn at(&self, position: Option<Position>) -> Self {
        let mut location = self.clone();
        location.within.0.position = position.or(self.within.0.position);
        location
    }

    /// A field of what is here.
    pub(crate) fn field(&self, key: &str, position: Option<Position>) -> Self {
        let mut location = self.clone();
        let parts = &mut *location.within.0;
        // Without a position of its own, the position of what is around it would mislead.
        parts.position = position;
        if !parts.field.is_empty() {
            parts.field.push('.');
        }
        parts.field.push_str(key);
        location
    }
}

impl ObjectLocation {
    /// The location in this input.
    pub(crate) fn of(self, input: &Input) -> Location {
        Location { input: Arc::new(input.clone()), within: self }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.input, self.within)
    }
}

impl fmt::Display for ObjectLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &*self.0;
        write!(f, "document {}", parts.document)?;
        if let Some(item) = parts.item {
            write!(f, ", item {item}")?;
        }
        if let Some(object) = &parts.object {
            write!(f, " ({object})")?;
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
