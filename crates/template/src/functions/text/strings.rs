//! Functions of strings: trim, cut, repeat, replace, test, quote.

use super::bytes::{find, replace_all};
use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, int, rest, text};
use crate::print::{print_value, quote, text_of};
use crate::text::characters;
use crate::value::Value;

use Type::{Any, Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |engine, _| engine.text("Hello!")),
    Function::new("trim", &[Text], |engine, values| engine.text(trim(text(values, 0), &char::is_whitespace))),
    Function::new("trimall", &[Text, Text], trim_all),
    Function::new("trimAll", &[Text, Text], trim_all),
    Function::new("trimSuffix", &[Text, Text], |engine, values| {
        let whole = text(values, 1);
        engine.text(whole.strip_suffix(text(values, 0)).unwrap_or(whole))
    }),
    Function::new("trimPrefix", &[Text, Text], |engine, values| {
        let whole = text(values, 1);
        engine.text(whole.strip_prefix(text(values, 0)).unwrap_or(whole))
    }),
    Function::new("trunc", &[Int, Text], |engine, values| {
        let whole = text(values, 1);
        let (cut, length) = (int(values, 0), i64::try_from(whole.len()).unwrap_or(i64::MAX));
        let end = usize::try_from(cut.unsigned_abs()).unwrap_or(usize::MAX);
        if cut < 0 && length.saturating_add(cut) > 0 {
            engine.text(&whole[whole.len() - end..])
        } else if cut >= 0 && length > cut {
            engine.text(&whole[..end])
        } else {
            engine.text(whole)
        }
    }),
    Function::new("substr", &[Int, Int, Text], substring),
    Function::new("repeat", &[Int, Text], |engine, values| {
        let count = usize::try_from(int(values, 0)).map_err(|_| Cause::evaluation("negative count"))?;
        let part = text(values, 1);
        let total = part.len().saturating_mul(count);
        engine.budget().memory(total)?;
        engine.text(part.repeat(if part.is_empty() { 0 } else { count }))
    }),
    Function::new("contains", &[Text, Text], |_, values| {
        Ok(Value::Bool(find(text(values, 1), text(values, 0)).is_some()))
    }),
    Function::new("hasPrefix", &[Text, Text], |_, values| {
        Ok(Value::Bool(text(values, 1).starts_with(text(values, 0))))
    }),
    Function::new("hasSuffix", &[Text, Text], |_, values| {
        Ok(Value::Bool(text(values, 1).ends_with(text(values, 0))))
    }),
    Function::variadic("quote", &[], Any, |engine, values| {
        let mut out = engine.buffer();
        for value in values.iter().filter(|value| !value.is_nil()) {
            if !out.is_empty() {
                out.push(b" ")?;
            }
            quote(&mut out, &text_of(engine, value)?, false)?;
        }
        engine.finish(out)
    }),
    Function::variadic("squote", &[], Any, |engine, values| {
        let mut out = engine.buffer();
        for value in values.iter().filter(|value| !value.is_nil()) {
            out.push(if out.is_empty() { b"'" } else { b" '" })?;
            print_value(engine, &mut out, value)?;
            out.push(b"'")?;
        }
        engine.finish(out)
    }),
    Function::variadic("cat", &[], Any, |engine, values| {
        let mut out = engine.buffer();
        for (index, value) in values.iter().filter(|value| !value.is_nil()).enumerate() {
            if index > 0 {
                out.push(b" ")?;
            }
            print_value(engine, &mut out, value)?;
        }
        engine.finish(out)
    }),
    Function::new("indent", &[Int, Text], |engine, values| indented(engine, values, b"")),
    Function::new("nindent", &[Int, Text], |engine, values| indented(engine, values, b"\n")),
    Function::new("replace", &[Text, Text, Text], |engine, values| {
        replace_all(engine, text(values, 2), text(values, 0), text(values, 1))
    }),
    Function::new("plural", &[Text, Text, Int], |_, values| {
        Ok(any(values, usize::from(int(values, 2) != 1)).clone())
    }),
    Function::new("toString", &[Any], |engine, values| {
        Ok(Value::Text(text_of(engine, any(rest(values, 0), 0))?))
    }),
];

/// The string without the characters at both ends for which `cut` holds.
fn trim<'s>(whole: &'s [u8], cut: &dyn Fn(char) -> bool) -> &'s [u8] {
    let start: usize =
        characters(whole).take_while(|(character, _)| cut(*character)).map(|(_, length)| length).sum();
    let rest = &whole[start..];
    let mut end = 0;
    let mut position = 0;
    for (character, length) in characters(rest) {
        position += length;
        if !cut(character) {
            end = position;
        }
    }
    &rest[..end]
}

fn trim_all(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    engine.budget().memory(text(values, 0).len() * size_of::<char>())?;
    let set: Vec<char> = characters(text(values, 0)).map(|(character, _)| character).collect();
    engine.budget().steps(set.len().saturating_mul(text(values, 1).len()) / 256)?;
    engine.text(trim(text(values, 1), &|character| set.contains(&character)))
}

fn substring(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let whole = text(values, 2);
    let (start, end) = (int(values, 0), int(values, 1));
    let start = usize::try_from(start).ok();
    let end = usize::try_from(end).ok();
    let part = match (start, end) {
        (None, None) => None,
        (None, Some(end)) => whole.get(..end),
        (Some(start), Some(end)) if end <= whole.len() => whole.get(start..end),
        (Some(start), _) => whole.get(start..),
    };
    engine.text(part.ok_or_else(|| Cause::evaluation("slice bounds out of range"))?)
}

fn indented(engine: &Engine<'_>, values: &[Value], before: &[u8]) -> Result<Value> {
    let spaces = usize::try_from(int(values, 0)).map_err(|_| Cause::evaluation("negative count"))?;
    let mut out = engine.buffer();
    out.push(before)?;
    for (index, line) in text(values, 1).split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            out.push(b"\n")?;
        }
        out.fill(b' ', spaces)?;
        out.push(line)?;
    }
    engine.finish(out)
}
