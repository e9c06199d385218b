//! [`Function`]: a name, the types of the parameters, and what it does; and the helpers with which functions read their arguments.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::value::{List, Map, Value};

/// The type of a parameter, as far as it decides what an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Any,
    Text,
    Int,
    Uint32,
    Float,
    Bool,
    Map,
    List,
    Time,
    Duration,
    Version,
    Certificate,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Int => "int",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Bool => "bool",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Time => "time.Time",
            Self::Duration => "time.Duration",
            Self::Version => "*semver.Version",
            Self::Certificate => "sprig.certificate",
        }
    }
}

/// What a function does, given its arguments.
type Run = fn(&Engine<'_>, &[Value]) -> Result<Value>;

/// A function or method. A method's receiver comes before its parameters.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Type],
    /// The type of any further arguments, if it takes them.
    pub(crate) rest: Option<Type>,
    pub(crate) run: Run,
}

impl Function {
    pub(super) const fn new(name: &'static str, parameters: &'static [Type], run: Run) -> Self {
        Self { name, parameters, rest: None, run }
    }

    pub(super) const fn variadic(
        name: &'static str,
        parameters: &'static [Type],
        rest: Type,
        run: Run,
    ) -> Self {
        Self { name, parameters, rest: Some(rest), run }
    }
}

/// The argument at `index` as bytes. Of the right type by its signature; empty if not.
pub(super) fn text(values: &[Value], index: usize) -> &[u8] {
    match values.get(index) {
        Some(Value::Text(text)) => text,
        _ => &[],
    }
}

/// The argument at `index` as a string, which has to be UTF-8.
pub(super) fn utf8(values: &[Value], index: usize) -> Result<&str> {
    str::from_utf8(text(values, index)).map_err(|_| Cause::evaluation("the value is not UTF-8"))
}

/// The argument at `index` as a number. Of the right type by its signature; zero if not.
pub(super) fn int(values: &[Value], index: usize) -> i64 {
    match values.get(index) {
        Some(Value::Int(_, number)) => *number,
        _ => 0,
    }
}

/// The arguments from `from` on.
pub(super) fn rest(values: &[Value], from: usize) -> &[Value] {
    values.get(from..).unwrap_or_default()
}

/// The argument at `index`, whatever it is.
pub(super) fn any(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Nil)
}

/// The argument at `index` as a dict; anything else is an error.
pub(super) fn dict(values: &[Value], index: usize) -> Result<&Map> {
    match rest(values, index).first() {
        Some(Value::Map(map)) => Ok(map),
        _ => Err(Cause::evaluation("not a dict")),
    }
}

/// The value as a list; anything else is an error.
pub(super) fn listed(value: &Value) -> Result<&List> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(Cause::evaluation(format!("a {} is no list", other.kind_name()))),
    }
}
