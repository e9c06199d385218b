//! Regular expressions. A wrong one is an error in all but `regexMatch`, as in sprig.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, int, text};
use crate::packages::regexp::{Regexp, Wanted};
use crate::text::characters;
use crate::value::{Elem, List, Value};

use Type::{Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &[Text, Text], |engine, values| match matched(engine, values) {
        Err(Cause::Evaluation(_)) => Ok(Value::Bool(false)),
        other => other,
    }),
    Function::new("mustRegexMatch", &[Text, Text], matched),
    Function::new("regexFind", &[Text, Text], find),
    Function::new("mustRegexFind", &[Text, Text], find),
    Function::new("regexFindAll", &[Text, Text, Int], find_all),
    Function::new("mustRegexFindAll", &[Text, Text, Int], find_all),
    Function::new("regexReplaceAll", &[Text, Text, Text], |engine, values| replace(engine, values, true)),
    Function::new("mustRegexReplaceAll", &[Text, Text, Text], |engine, values| replace(engine, values, true)),
    Function::new("regexReplaceAllLiteral", &[Text, Text, Text], |engine, values| {
        replace(engine, values, false)
    }),
    Function::new("mustRegexReplaceAllLiteral", &[Text, Text, Text], |engine, values| {
        replace(engine, values, false)
    }),
    Function::new("regexSplit", &[Text, Text, Int], split),
    Function::new("mustRegexSplit", &[Text, Text, Int], split),
    Function::new("regexQuoteMeta", &[Text], |engine, values| {
        let mut out = engine.buffer();
        for byte in text(values, 0) {
            if b"\\.+*?()|[]{}^$".contains(byte) {
                out.push(b"\\")?;
            }
            out.push(&[*byte])?;
        }
        engine.finish(out)
    }),
];

fn matched(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let pattern = engine.regexps().compile(engine.budget(), text(values, 0), Wanted::Whole)?;
    Ok(Value::Bool(pattern.is_match(engine.budget(), text(values, 1))?))
}

/// Where the first `most` matches are; all of them if it is negative.
fn places(engine: &Engine<'_>, values: &[Value], most: i64) -> Result<Vec<(usize, usize)>> {
    let pattern = engine.regexps().compile(engine.budget(), text(values, 0), Wanted::Whole)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let matches = pattern.matches(engine.budget(), text(values, 1), most)?;
    Ok(matches.into_iter().filter_map(|groups| groups.first().copied().flatten()).collect())
}

fn find(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let found = places(engine, values, 1)?;
    engine.text(found.first().map_or(&[][..], |(start, end)| &text(values, 1)[*start..*end]))
}

fn find_all(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let found = places(engine, values, int(values, 2))?;
    if found.is_empty() {
        return Ok(Value::List(List::nil(Elem::Text)));
    }
    engine.texts(found.into_iter().map(|(start, end)| &text(values, 1)[start..end]))
}

fn split(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let (whole, most) = (text(values, 1), int(values, 2));
    let parts = usize::try_from(most).unwrap_or(usize::MAX);
    if parts == 0 {
        engine.regexps().compile(engine.budget(), text(values, 0), Wanted::Whole)?;
        return Ok(Value::List(List::nil(Elem::Text)));
    }
    if whole.is_empty() && !text(values, 0).is_empty() {
        engine.regexps().compile(engine.budget(), text(values, 0), Wanted::Whole)?;
        return engine.texts([whole]);
    }
    let mut found: Vec<&[u8]> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (from, to) in places(engine, values, most)? {
        if found.len() + 1 >= parts {
            break;
        }
        end = from;
        if to != 0 {
            found.push(&whole[start..end]);
        }
        start = to;
    }
    if end != whole.len() {
        found.push(&whole[start..]);
    }
    engine.texts(found)
}

/// Every match replaced; with `expand`, `$1` and `${name}` in the replacement are its groups.
fn replace(engine: &Engine<'_>, values: &[Value], expand: bool) -> Result<Value> {
    let (whole, replacement) = (text(values, 1), text(values, 2));
    let wanted = if expand && replacement.contains(&b'$') { Wanted::Groups } else { Wanted::Whole };
    let pattern = engine.regexps().compile(engine.budget(), text(values, 0), wanted)?;
    let mut out = engine.buffer();
    let mut done = 0;
    for groups in pattern.matches(engine.budget(), whole, usize::MAX)? {
        // Read anew for each match.
        engine.budget().read(replacement.len(), 1)?;
        let Some((start, end)) = groups.first().copied().flatten() else { continue };
        out.push(&whole[done..start])?;
        done = end;
        if !expand {
            out.push(replacement)?;
            continue;
        }
        let mut rest = replacement;
        while let Some(dollar) = rest.iter().position(|byte| *byte == b'$') {
            engine.budget().steps(1)?;
            out.push(&rest[..dollar])?;
            rest = &rest[dollar + 1..];
            if let Some(after) = rest.strip_prefix(b"$") {
                out.push(b"$")?;
                rest = after;
            } else if let Some((name, after)) = reference(rest) {
                if let Some((start, end)) = group(&pattern, name).and_then(|index| *groups.get(index)?) {
                    out.push(&whole[start..end])?;
                }
                rest = after;
            } else {
                out.push(b"$")?;
            }
        }
        out.push(rest)?;
    }
    out.push(&whole[done..])?;
    engine.finish(out)
}

/// The name of a group behind a dollar sign, and what follows it.
fn reference(text: &[u8]) -> Option<(&str, &[u8])> {
    let (braced, inner) = match text.strip_prefix(b"{") {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let length: usize = characters(inner)
        .take_while(|(next, _)| next.is_alphanumeric() || *next == '_')
        .map(|(_, length)| length)
        .sum();
    if length == 0 {
        return None;
    }
    let rest = &inner[length..];
    let name = str::from_utf8(&inner[..length]).ok()?;
    Some((name, if braced { rest.strip_prefix(b"}")? } else { rest }))
}

fn group(pattern: &Regexp, name: &str) -> Option<usize> {
    let is_number =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
    if is_number { name.parse().ok() } else { pattern.group(name) }
}
