//! The names of types and kinds, as Go's `%T` and reflection give them.

use super::{Elem, Value};

/// The integers a template can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntKind {
    Int,
    Int64,
    Uint8,
    Uint64,
    Month,
    Weekday,
    Duration,
}

impl IntKind {
    pub(crate) fn is_unsigned(self) -> bool {
        matches!(self, Self::Uint8 | Self::Uint64)
    }

    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint64 => "uint64",
            Self::Month => "time.Month",
            Self::Weekday => "time.Weekday",
            Self::Duration => "time.Duration",
        }
    }

    fn kind_name(self) -> &'static str {
        match self {
            Self::Month | Self::Weekday => "int",
            Self::Duration => "int64",
            other => other.type_name(),
        }
    }
}

impl Value {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Nil | Self::NilInterface => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(kind, _) => kind.type_name(),
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(list) => match list.elem() {
                Elem::Any => "[]interface {}",
                Elem::Text => "[]string",
                Elem::Int => "[]int",
                Elem::List => "[][]interface {}",
            },
            Self::Map(map) => match map.elem() {
                Elem::Text => "map[string]string",
                _ => "map[string]interface {}",
            },
            Self::Time(_) => "time.Time",
            Self::Version(version) => {
                if version.is_pointer() {
                    "*semver.Version"
                } else {
                    "semver.Version"
                }
            }
            Self::Certificate(_) => "sprig.certificate",
        }
    }

    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil | Self::NilInterface => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(kind, _) => kind.kind_name(),
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Version(version) if version.is_pointer() => "ptr",
            Self::Time(_) | Self::Version(_) | Self::Certificate(_) => "struct",
        }
    }
}
