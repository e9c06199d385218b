//! The names of types and kinds, as Go's `%T` and reflection give them.

use super::Value;
use super::types::Elem;

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
