//! [`Place`]: where in the input something is.

use crate::files::input::Input;
use crate::terminal::escape::shown;
use std::fmt;
use std::sync::Arc;

/// Line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: usize,
    /// None where the line is all that is known.
    pub column: Option<usize>,
}

/// A spot in the input, as a person would describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    input: Arc<Input>,
    within: Within,
}

/// A spot in the input, without the input. In a box, because every error holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Within(Box<Spot>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    document: usize,
    /// In a `List`.
    item: Option<usize>,
    /// Kind, namespace and name of the object, as far as it has a name.
    object: Option<Arc<str>>,
    position: Option<Position>,
    /// Keys from the top of the object, with dots between; empty for the whole.
    field: String,
}

impl Within {
    /// A whole document.
    pub(crate) fn document(document: usize, position: Option<Position>) -> Self {
        Self(Box::new(Spot { document, item: None, object: None, position, field: String::new() }))
    }

    /// An item of the List in this document. Where its position is not known, that of the List would mislead.
    pub(crate) fn item(&self, item: usize, position: Option<Position>) -> Self {
        let mut within = Self::document(self.0.document, position);
        within.0.item = Some(item);
        within
    }

    /// The object that stands here, by what it says of itself.
    pub(crate) fn of_object(mut self, kind: &str, namespace: Option<&str>, name: Option<&str>) -> Self {
        self.0.object = name.filter(|name| !name.is_empty()).map(|name| {
            let (kind, name) = (name_shown(kind), name_shown(name));
            match namespace.filter(|namespace| !namespace.is_empty()) {
                Some(namespace) => format!("{kind} {}/{name}", name_shown(namespace)).into(),
                None => format!("{kind} {name}").into(),
            }
        });
        self
    }
}

/// A name, unless it is something else that went into the wrong field.
fn name_shown(name: &str) -> &str {
    let is_name = name.len() <= 253 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    if is_name { name } else { "(something else)" }
}

impl Place {
    /// A whole document.
    pub(crate) fn document(input: &Input, document: usize, position: Option<Position>) -> Self {
        Within::document(document, position).of(input)
    }

    /// The same, behind so many documents more.
    pub(crate) fn after(mut self, documents: usize) -> Self {
        self.within.0.document += documents;
        self
    }

    /// The object that stands here, by what it says of itself.
    pub(crate) fn of_object(self, kind: &str, namespace: Option<&str>, name: Option<&str>) -> Self {
        Self { within: self.within.of_object(kind, namespace, name), ..self }
    }

    /// An item of the List in this document.
    pub(crate) fn item(&self, item: usize, position: Option<Position>) -> Self {
        Self { input: Arc::clone(&self.input), within: self.within.item(item, position) }
    }

    /// A spot in what is here that has no name of its own.
    pub(crate) fn at(&self, position: Option<Position>) -> Self {
        let mut place = self.clone();
        place.within.0.position = position.or(self.within.0.position);
        place
    }

    /// A field of what is here.
    pub(crate) fn field(&self, key: &str, position: Option<Position>) -> Self {
        let mut place = self.clone();
        let spot = &mut *place.within.0;
        // That of what is around it would mislead.
        spot.position = position;
        if !spot.field.is_empty() {
            spot.field.push('.');
        }
        spot.field.push_str(key);
        place
    }
}

impl Within {
    /// The spot in this input.
    pub(crate) fn of(self, input: &Input) -> Place {
        Place { input: Arc::new(input.clone()), within: self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.input, self.within)
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spot = &*self.0;
        write!(f, "document {}", spot.document)?;
        if let Some(item) = spot.item {
            write!(f, ", item {item}")?;
        }
        if let Some(object) = &spot.object {
            write!(f, " ({object})")?;
        }
        if let Some(Position { line, column }) = spot.position {
            write!(f, ", line {line}")?;
            if let Some(column) = column {
                write!(f, ", column {column}")?;
            }
        }
        if !spot.field.is_empty() {
            write!(f, ", field {}", shown(&spot.field))?;
        }
        Ok(())
    }
}
