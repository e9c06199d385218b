//! Values, with Go's types as far as a template can distinguish them.

mod collections;
mod equal;
mod fields;
mod type_name;
mod types;

pub(crate) use collections::comparisons;
pub(crate) use equal::deep_equal;
pub(crate) use fields::{certificate_fields, version_fields};
pub(crate) use types::{Elem, IntKind};

use crate::error::Result;
use crate::limits::Budget;
use crate::packages::semver::Version;
use crate::packages::time::Moment;
use crate::packages::x509::Certificate;
use crate::text::Text;
use std::rc::Rc;
use zeroize::Zeroizing;

/// A list of values.
pub(crate) type List = collections::List<Value>;

/// A map from strings to values.
pub(crate) type Map = collections::Map<Value>;

/// The bytes that a string takes beside its own.
pub(crate) const TEXT: usize = 48;

/// A value in a template.
#[derive(Clone)]
pub(crate) enum Value {
    /// No value: an absent key, a literal nil, a nil that went through a pipeline.
    Nil,
    /// A nil item of a list or map, until it goes through a pipeline. To read a field of it is an error, while a field of [`Value::Nil`]
    /// has no value.
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

    /// A length or position as an `int`.
    pub(crate) fn length(number: usize) -> Self {
        Self::int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// A string of these bytes, which are paid for before they are copied.
    pub(crate) fn text(budget: &Budget, bytes: impl AsRef<[u8]> + Into<Vec<u8>>) -> Result<Self> {
        budget.memory(bytes.as_ref().len() + TEXT)?;
        Ok(Self::Text(Text::new(Zeroizing::new(bytes.into()))))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil | Self::NilInterface)
    }

    /// The value after a pipeline, or as an argument: [`Value::NilInterface`] becomes [`Value::Nil`].
    pub(crate) fn settled(self) -> Self {
        if matches!(self, Self::NilInterface) { Self::Nil } else { self }
    }

    /// Whether `if` takes the value for true. Sprig's `empty` is the opposite.
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

impl collections::Item for Value {
    /// A nil becomes [`Value::NilInterface`].
    fn as_item(&self) -> Self {
        if self.is_nil() { Self::NilInterface } else { self.clone() }
    }
}
