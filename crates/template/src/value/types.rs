//! Go's integer types, and the element types of lists and maps.

use crate::packages::time::{DAYS, MONTHS, format_duration};

/// The integer types that a template can meet.
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

    pub(super) fn kind_name(self) -> &'static str {
        match self {
            Self::Month | Self::Weekday => "int",
            Self::Duration => "int64",
            other => other.type_name(),
        }
    }

    /// The text of a number that prints itself: a month, a weekday, a duration.
    pub(crate) fn name_of(self, number: i64) -> String {
        let name = |names: &[&str], first: i64| {
            let index = usize::try_from(number - first).ok();
            index.and_then(|index| names.get(index).map(|name| (*name).to_owned()))
        };
        match self {
            Self::Month => name(&MONTHS, 1).unwrap_or_else(|| format!("%!Month({number})")),
            Self::Weekday => name(&DAYS, 0).unwrap_or_else(|| format!("%!Weekday({number})")),
            _ => format_duration(number),
        }
    }
}

/// The type of the items of a list or map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elem {
    Any,
    Text,
    Int,
    List,
}
