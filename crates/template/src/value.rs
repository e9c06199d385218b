//! Values, with as much of Go's types as a template can tell apart.

mod collection;
mod equal;
mod kind;

pub(crate) use collection::{Elem, List, Map, comparisons};
pub(crate) use equal::deep_equal;
pub(crate) use kind::IntKind;

use crate::certificate::Certificate;
use crate::semver::Version;
use crate::text::Text;
use crate::time::Moment;
use std::rc::Rc;

/// A value in a template.
#[derive(Clone)]
pub(crate) enum Value {
    /// No value: an absent key, a literal nil, a nil that came through a pipeline.
    Nil,
    /// A nil inside a list or map of anything, until it goes through a pipeline. Its fields are an error, where
    /// those of [`Value::Nil`] are no value.
    NilInterface,
    Bool(bool),
    Int(IntKind, i64),
    Float(f64),
    Text(Text),
    List(List),
    Map(Map),
    Time(Moment),
    Version(Rc<Version>),
    Certificate(Rc<Certificate>),
}

impl Value {
    pub(crate) fn int(number: i64) -> Self {
        Self::Int(IntKind::Int, number)
    }

    pub(crate) fn int64(number: i64) -> Self {
        Self::Int(IntKind::Int64, number)
    }

    /// A length or position, which in memory is below what an `i64` holds.
    pub(crate) fn length(number: usize) -> Self {
        Self::int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil | Self::NilInterface)
    }

    /// As it leaves a pipeline or goes into a function: a nil forgets where it lay.
    pub(crate) fn settled(self) -> Self {
        if matches!(self, Self::NilInterface) { Self::Nil } else { self }
    }

    /// As it lies in a list or map of anything.
    pub(crate) fn as_item(&self) -> Self {
        if self.is_nil() { Self::NilInterface } else { self.clone() }
    }

    /// Whether `if` takes it for true; also the opposite of sprig's `empty`, structs and nil included.
    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Nil | Self::NilInterface => false,
            Self::Bool(value) => *value,
            Self::Int(_, number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => list.len() > 0,
            Self::Map(map) => map.len() > 0,
            Self::Time(_) | Self::Version(_) | Self::Certificate(_) => true,
        }
    }
}
