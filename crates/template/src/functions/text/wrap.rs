//! `wrap` and `abbrev`, which count bytes.

use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, int, text};
use crate::value::Value;

use Type::{Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("wrap", &[Int, Text], |engine, values| {
        wrap(engine, text(values, 1), int(values, 0), b"\n", false)
    }),
    Function::new("wrapWith", &[Int, Text, Text], |engine, values| {
        let separator = if text(values, 1).is_empty() { b"\n" } else { text(values, 1) };
        wrap(engine, text(values, 2), int(values, 0), separator, true)
    }),
    Function::new("abbrev", &[Int, Text], |engine, values| {
        let (width, whole) = (int(values, 0), text(values, 1));
        if width < 4 {
            return engine.text(whole);
        }
        engine.text(abbreviated(whole, 0, usize::try_from(width).unwrap_or(usize::MAX)))
    }),
    Function::new("abbrevboth", &[Int, Int, Text], |engine, values| {
        let (left, right, whole) = (int(values, 0), int(values, 1), text(values, 2));
        if right < 4 || left > 0 && right < 7 {
            return engine.text(whole);
        }
        let offset = usize::try_from(left).unwrap_or(0);
        engine.text(abbreviated(whole, offset, usize::try_from(right).unwrap_or(usize::MAX)))
    }),
];

/// Breaks lines at spaces before the width. A longer word is broken at the width if `break_words` says so, else after its end.
fn wrap(engine: &Engine<'_>, whole: &[u8], width: i64, separator: &[u8], break_words: bool) -> Result<Value> {
    let width = usize::try_from(width).unwrap_or(0).max(1);
    let is_space = |byte: &u8| *byte == b' ';
    let mut out = engine.buffer();
    let mut rest = whole;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let end = match rest[..=width].iter().rposition(is_space) {
            Some(space) => Some((space, space + 1)),
            None if break_words => Some((width, width)),
            None => rest[width..].iter().position(is_space).map(|space| (width + space, width + space + 1)),
        };
        let Some((end, next)) = end else { break };
        out.push(&rest[..end])?;
        out.push(separator)?;
        rest = &rest[next..];
    }
    out.push(rest)?;
    engine.finish(out)
}

/// At most `width` bytes of the string, from about `offset`, with three dots for each part that is left out.
fn abbreviated(whole: &[u8], offset: usize, width: usize) -> Vec<u8> {
    if whole.len() <= width {
        return whole.to_vec();
    }
    let room = width - 3;
    let offset = offset.min(whole.len() - room);
    if offset <= 4 {
        return [&whole[..room], b"..."].concat();
    }
    if offset + room < whole.len() {
        // Dots on both sides.
        let inner = abbreviated(&whole[offset..], 0, room);
        return [b"...", inner.as_slice()].concat();
    }
    [b"...", &whole[whole.len() - room..]].concat()
}
