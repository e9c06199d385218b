//! Go's `print` family, and escaping for HTML, JavaScript and URL queries.

use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, rest, text};
use crate::print::{printf, sprint, sprintln};
use crate::text::{Text, characters, is_printable};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("print", &[], Type::Any, sprint),
    Function::variadic("println", &[], Type::Any, sprintln),
    Function::variadic("printf", &[Type::Text], Type::Any, |engine, values| {
        printf(engine, text(values, 0), rest(values, 1))
    }),
    Function::variadic("html", &[], Type::Any, html),
    Function::variadic("js", &[], Type::Any, js),
    Function::variadic("urlquery", &[], Type::Any, |engine, values| {
        let plain = printed(engine, values)?;
        let mut out = engine.buffer();
        for byte in plain.iter() {
            match byte {
                b' ' => out.push(b"+")?,
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' => out.push(&[*byte])?,
                other => out.push_str(&format!("%{other:02X}"))?,
            }
        }
        engine.finish(out)
    }),
];

/// The arguments as an action would print them.
fn printed(engine: &Engine<'_>, values: &[Value]) -> Result<Text> {
    if let [Value::Text(text)] = values {
        return Ok(text.clone());
    }
    let mut shown = Vec::with_capacity(values.len());
    for value in values {
        shown.push(if value.is_nil() { engine.text("<no value>")? } else { value.clone() });
    }
    match sprint(engine, &shown)? {
        Value::Text(text) => Ok(text),
        _ => Ok(Text::new(Vec::new().into())),
    }
}

fn html(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let plain = printed(engine, values)?;
    let mut out = engine.buffer();
    for byte in plain.iter() {
        match byte {
            0 => out.push_str("\u{fffd}")?,
            b'"' => out.push(b"&#34;")?,
            b'\'' => out.push(b"&#39;")?,
            b'&' => out.push(b"&amp;")?,
            b'<' => out.push(b"&lt;")?,
            b'>' => out.push(b"&gt;")?,
            other => out.push(&[*other])?,
        }
    }
    engine.finish(out)
}

fn js(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let plain = printed(engine, values)?;
    let mut out = engine.buffer();
    let mut start = 0;
    for (character, length) in characters(&plain) {
        let bytes = &plain[start..start + length];
        start += length;
        match character {
            '\\' => out.push(b"\\\\")?,
            '\'' => out.push(b"\\'")?,
            '"' => out.push(b"\\\"")?,
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => {
                out.push_str(&format!("\\u{:04X}", u32::from(character)))?;
            }
            ' '..='\x7f' => out.push(bytes)?,
            other if is_printable(other) => out.push(bytes)?,
            other => out.push_str(&format!("\\u{:04X}", u32::from(other)))?,
        }
    }
    engine.finish(out)
}
