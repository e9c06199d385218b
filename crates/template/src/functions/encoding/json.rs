//! Functions of JSON, which is written as Go's encoder does.

use super::json_parse::parse;
use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, text};
use crate::print::shortest;
use crate::text::Buffer;
use crate::value::{IntKind, Value, certificate_fields};

use Type::{Any, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toJson", &[Any], |engine, values| lenient(engine, write(engine, values, true, false))),
    Function::new("mustToJson", &[Any], |engine, values| write(engine, values, true, false)),
    Function::new("toPrettyJson", &[Any], |engine, values| {
        lenient(engine, write(engine, values, true, true))
    }),
    Function::new("mustToPrettyJson", &[Any], |engine, values| write(engine, values, true, true)),
    Function::new("toRawJson", &[Any], |engine, values| write(engine, values, false, false)),
    Function::new("mustToRawJson", &[Any], |engine, values| write(engine, values, false, false)),
    Function::new("mustFromJson", &[Text], |engine, values| parse(engine, text(values, 0))),
    Function::new("fromJson", &[Text], |engine, values| match parse(engine, text(values, 0)) {
        Err(Cause::Evaluation(_)) => Ok(Value::Nil),
        other => other,
    }),
];

/// An empty string in place of an error, but not in place of a limit that was reached.
fn lenient(engine: &Engine<'_>, result: Result<Value>) -> Result<Value> {
    match result {
        Err(Cause::Evaluation(_)) => engine.text(""),
        other => other,
    }
}

fn write(engine: &Engine<'_>, values: &[Value], html: bool, pretty: bool) -> Result<Value> {
    let mut writer = Writer { engine, out: engine.buffer(), html, pretty };
    writer.value(any(values, 0), 0)?;
    engine.finish(writer.out)
}

struct Writer<'w, 'e> {
    engine: &'w Engine<'e>,
    out: Buffer<'w>,
    /// Escapes `<`, `>` and `&`, for HTML.
    html: bool,
    pretty: bool,
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<()> {
        self.engine.budget().steps(1)?;
        self.engine.budget().nested(depth)?;
        match value {
            Value::Nil | Value::NilInterface => self.out.push(b"null"),
            Value::Bool(truth) => self.out.push(if *truth { b"true" } else { b"false" }),
            Value::Int(IntKind::Uint64, number) => self.out.push_str(&number.cast_unsigned().to_string()),
            Value::Int(_, number) => self.out.push_str(&number.to_string()),
            Value::Float(number) => self.float(*number),
            Value::Text(text) => self.string(text),
            Value::List(list) if list.is_nil() => self.out.push(b"null"),
            Value::List(list) => {
                self.out.push(b"[")?;
                for (index, item) in list.items().iter().enumerate() {
                    self.separate(index, depth + 1)?;
                    self.value(item, depth + 1)?;
                }
                self.close(list.len(), depth, b"]")
            }
            Value::Map(map) if map.is_nil() => self.out.push(b"null"),
            Value::Map(map) => {
                self.out.push(b"{")?;
                for (index, (key, item)) in map.entries(self.engine.budget())?.into_iter().enumerate() {
                    self.entry(index, &key, &item, depth)?;
                }
                self.close(map.len(), depth, b"}")
            }
            Value::Time(moment) => self.string(moment.rfc3339().as_bytes()),
            Value::Version(version) => self.string(version.to_string().as_bytes()),
            Value::Certificate(certificate) => {
                self.out.push(b"{")?;
                let fields = certificate_fields(certificate);
                for (index, (name, item)) in fields.iter().enumerate() {
                    self.entry(index, name.as_bytes(), item, depth)?;
                }
                self.close(fields.len(), depth, b"}")
            }
        }
    }

    fn entry(&mut self, index: usize, key: &[u8], item: &Value, depth: usize) -> Result<()> {
        self.separate(index, depth + 1)?;
        self.string(key)?;
        self.out.push(if self.pretty { b": " } else { b":" })?;
        self.value(item, depth + 1)
    }

    fn separate(&mut self, index: usize, depth: usize) -> Result<()> {
        if index > 0 {
            self.out.push(b",")?;
        }
        self.line(depth)
    }

    fn line(&mut self, depth: usize) -> Result<()> {
        if self.pretty {
            self.out.push(b"\n")?;
            self.out.fill(b' ', depth * 2)?;
        }
        Ok(())
    }

    fn close(&mut self, length: usize, depth: usize, bracket: &[u8]) -> Result<()> {
        if length > 0 {
            self.line(depth)?;
        }
        self.out.push(bracket)
    }

    fn float(&mut self, number: f64) -> Result<()> {
        if !number.is_finite() {
            return Err(Cause::evaluation("JSON has no such number"));
        }
        let size = number.abs();
        if size == 0.0 || (1e-6..1e21).contains(&size) {
            return self.out.push_str(&number.to_string());
        }
        // Scientific. JSON in Go writes `e-7`, where `%v` writes `e-07`.
        let text = shortest(number);
        self.out.push_str(&text.replace("e-0", "e-"))
    }

    fn string(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.push(b"\"")?;
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid();
            let mut plain = 0;
            for (index, character) in valid.char_indices() {
                let escaped = match character {
                    '"' => "\\\"".to_owned(),
                    '\\' => "\\\\".to_owned(),
                    '\n' => "\\n".to_owned(),
                    '\r' => "\\r".to_owned(),
                    '\t' => "\\t".to_owned(),
                    '\x08' => "\\b".to_owned(),
                    '\x0c' => "\\f".to_owned(),
                    '<' | '>' | '&' if !self.html => continue,
                    '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                        format!("\\u{:04x}", u32::from(character))
                    }
                    _ => continue,
                };
                self.out.push_str(&valid[plain..index])?;
                self.out.push_str(&escaped)?;
                plain = index + character.len_utf8();
            }
            self.out.push_str(&valid[plain..])?;
            for _ in chunk.invalid() {
                self.out.push(b"\\ufffd")?;
            }
        }
        self.out.push(b"\"")
    }
}
