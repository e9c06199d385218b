//! The functions a template can call: Go's own, and sprig's.

mod bytes;
mod casing;
mod cast;
mod certificates;
mod compare;
mod crypto;
mod dates;
mod decode;
mod defaults;
mod dicts;
mod dig;
mod encoding;
mod escape;
mod index;
mod json;
mod json_parse;
mod lists;
mod maths;
mod merge;
mod methods;
mod numbers;
mod passwords;
mod paths;
mod patterns;
mod random;
mod reflection;
mod select;
mod strings;
mod text_lists;
mod urls;
mod versions;
mod words;
mod wrap;

pub(crate) use decode::decode_base64;
pub(crate) use methods::find_method;

use crate::engine::Engine;
use crate::error::{Fault, Result};
use crate::value::Value;

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
    const fn new(name: &'static str, parameters: &'static [Type], run: Run) -> Self {
        Self { name, parameters, rest: None, run }
    }

    const fn variadic(name: &'static str, parameters: &'static [Type], rest: Type, run: Run) -> Self {
        Self { name, parameters, rest: Some(rest), run }
    }
}

/// All functions, by area. A name stands in one area only.
const AREAS: [&[Function]; 27] = [
    compare::FUNCTIONS,
    escape::FUNCTIONS,
    index::FUNCTIONS,
    strings::FUNCTIONS,
    casing::FUNCTIONS,
    words::FUNCTIONS,
    wrap::FUNCTIONS,
    text_lists::FUNCTIONS,
    numbers::FUNCTIONS,
    maths::FUNCTIONS,
    defaults::FUNCTIONS,
    json::FUNCTIONS,
    reflection::FUNCTIONS,
    lists::FUNCTIONS,
    select::FUNCTIONS,
    dicts::FUNCTIONS,
    merge::FUNCTIONS,
    dig::FUNCTIONS,
    encoding::FUNCTIONS,
    paths::FUNCTIONS,
    urls::FUNCTIONS,
    versions::FUNCTIONS,
    patterns::FUNCTIONS,
    dates::FUNCTIONS,
    random::FUNCTIONS,
    crypto::FUNCTIONS,
    certificates::FUNCTIONS,
];

/// The function of that name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

fn all() -> impl Iterator<Item = &'static Function> {
    AREAS.iter().flat_map(|area| area.iter()).chain(passwords::FUNCTIONS)
}

/// The argument at `index` as bytes. Of the right type by its signature; empty if not.
fn text(values: &[Value], index: usize) -> &[u8] {
    match values.get(index) {
        Some(Value::Text(text)) => text,
        _ => &[],
    }
}

/// The same for a string that has to be one: characters, not bytes.
fn utf8(values: &[Value], index: usize) -> Result<&str> {
    str::from_utf8(text(values, index)).map_err(|_| Fault::evaluation("the value is not UTF-8"))
}

fn int(values: &[Value], index: usize) -> i64 {
    match values.get(index) {
        Some(Value::Int(_, number)) => *number,
        _ => 0,
    }
}

fn rest(values: &[Value], from: usize) -> &[Value] {
    values.get(from..).unwrap_or_default()
}

fn any(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Nil)
}

#[cfg(test)]
mod coverage;
