//! The tree of a template.

use super::number::Number;
use crate::functions::Function;
use crate::text::Text;
use std::collections::BTreeMap;

/// The templates that one text defines, by name; its own among them.
pub(crate) type Definitions = BTreeMap<String, Vec<Statement>>;

/// A part of a template: text, or an action.
pub(crate) enum Statement {
    Text(Text),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template { line: usize, name: String, pipe: Option<Pipe> },
    Break,
    Continue,
}

impl Statement {
    /// Whether this is only white space. A definition may replace one that has nothing else.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => str::from_utf8(text).is_ok_and(|text| text.trim().is_empty()),
            _ => false,
        }
    }
}

/// A condition or range, and the statements that it decides about.
pub(crate) struct Branch {
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Statement>,
    pub(crate) otherwise: Option<Vec<Statement>>,
}

/// Commands, each of which passes its value to the next, and the variables that take the last value.
pub(crate) struct Pipe {
    pub(crate) line: usize,
    pub(crate) variables: Vec<String>,
    /// Whether the variables exist (`=`), or are declared here (`:=`).
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand and its arguments; at least one in all.
pub(crate) struct Command {
    pub(crate) first: Operand,
    pub(crate) arguments: Vec<Operand>,
}

/// A single term.
pub(crate) enum Operand {
    Bool(bool),
    Nil,
    Dot,
    Number(Number),
    Text(Text),
    Field(Vec<String>),
    Variable(String, Vec<String>),
    Function(&'static Function),
    Pipe(Box<Pipe>),
    Chain(Box<Operand>, Vec<String>),
}

impl Operand {
    /// Whether it cannot take a piped value.
    pub(super) fn is_constant(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Nil | Self::Dot | Self::Number(_) | Self::Text(_))
    }
}
