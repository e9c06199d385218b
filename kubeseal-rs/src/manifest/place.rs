//! [`Place`]: where in the input something is.

use crate::input::Input;
use crate::shown::shown;
use std::fmt;
use std::sync::Arc;

/// Line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: usize,
    pub column: usize,
}

/// A spot in the input, as a person would describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    input: Arc<Input>,
    document: usize,
    /// In a `List`.
    item: Option<usize>,
    position: Option<Position>,
    /// Keys from the top of the Secret, with dots between; empty for the whole.
    field: String,
}

impl Place {
    /// A whole document.
    pub(crate) fn document(input: &Input, document: usize, position: Option<Position>) -> Self {
        Self { input: Arc::new(input.clone()), document, item: None, position, field: String::new() }
    }

    /// The same, behind so many documents more.
    pub(crate) fn after(self, documents: usize) -> Self {
        Self { document: self.document + documents, ..self }
    }

    /// An item of the List in this document.
    pub(super) fn item(&self, item: usize, position: Option<Position>) -> Self {
        Self { item: Some(item), position: position.or(self.position), field: String::new(), ..self.clone() }
    }

    /// A spot in what is here that has no name of its own.
    pub(super) fn at(&self, position: Option<Position>) -> Self {
        Self { position: position.or(self.position), ..self.clone() }
    }

    /// A field of what is here.
    pub(super) fn field(&self, key: &str, position: Option<Position>) -> Self {
        let field = match self.field.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        // That of what is around it would mislead.
        Self { position, field, ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, document {}", self.input, self.document)?;
        if let Some(item) = self.item {
            write!(f, ", item {item}")?;
        }
        if let Some(Position { line, column }) = self.position {
            write!(f, ", line {line}, column {column}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", field {}", shown(&self.field))?;
        }
        Ok(())
    }
}
