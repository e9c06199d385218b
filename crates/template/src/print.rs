//! Values to text, as Go's `fmt` prints them.

mod argument;
mod float;
mod integer;
mod printer;
mod printf;
mod quote;
mod string;

pub(crate) use float::shortest;
pub(crate) use printf::printf;
pub(crate) use quote::quote;

use crate::engine::Engine;
use crate::error::Result;
use crate::text::Buffer;
use crate::value::Value;
use printer::Printer;

/// Appends the value as `%v` has it.
pub(crate) fn print_value(engine: &Engine<'_>, out: &mut Buffer<'_>, value: &Value) -> Result<()> {
    Printer::new(engine, out).argument(value, 'v')
}

/// `print`: the values, with a space between two that are not strings.
pub(crate) fn sprint(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let mut out = engine.buffer();
    let mut string_before = true;
    for value in values {
        let is_string = matches!(value, Value::Text(_));
        if !string_before && !is_string && !out.is_empty() {
            out.push(b" ")?;
        }
        print_value(engine, &mut out, value)?;
        string_before = is_string;
    }
    engine.finish(out)
}

/// `println`: the values, with a space between any two, and a line end.
pub(crate) fn sprintln(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let mut out = engine.buffer();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b" ")?;
        }
        print_value(engine, &mut out, value)?;
    }
    out.push(b"\n")?;
    engine.finish(out)
}

/// A string as it is, any other value as `%v` has it.
pub(crate) fn text_of(engine: &Engine<'_>, value: &Value) -> Result<crate::text::Text> {
    if let Value::Text(text) = value {
        return Ok(text.clone());
    }
    let mut out = engine.buffer();
    print_value(engine, &mut out, value)?;
    Ok(crate::text::Text::new(out.into_bytes()))
}
