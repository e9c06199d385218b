//! Search in bytes, because the standard library searches in strings only.

use crate::engine::Engine;
use crate::error::Result;
use crate::text::characters;
use crate::value::Value;
use memchr::memmem::Finder;

/// The position of the first `needle`, found in linear time without memory.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    Finder::new(needle).find(hay)
}

/// The parts between separators, at most `most`. An empty separator splits after each character.
pub(super) fn split<'s>(
    engine: &Engine<'_>,
    whole: &'s [u8],
    separator: &[u8],
    most: usize,
) -> Result<Vec<&'s [u8]>> {
    let mut parts = Vec::new();
    if most == 0 {
        return Ok(parts);
    }
    let mut start = 0;
    if separator.is_empty() {
        for (_, length) in characters(whole) {
            if parts.len() + 1 == most {
                break;
            }
            engine.budget().memory(16)?;
            parts.push(&whole[start..start + length]);
            start += length;
        }
        if start < whole.len() {
            parts.push(&whole[start..]);
        }
        return Ok(parts);
    }
    let finder = Finder::new(separator);
    while parts.len() + 1 < most
        && let Some(end) = finder.find(&whole[start..]).map(|length| start + length)
    {
        engine.budget().memory(16)?;
        parts.push(&whole[start..end]);
        start = end + separator.len();
    }
    parts.push(&whole[start..]);
    Ok(parts)
}

/// Replaces every `old`. An empty one is found before each character and at the end.
pub(super) fn replace_all(engine: &Engine<'_>, whole: &[u8], old: &[u8], new: &[u8]) -> Result<Value> {
    let mut out = engine.buffer();
    if old.is_empty() {
        out.push(new)?;
        let mut start = 0;
        for (_, length) in characters(whole) {
            out.push(&whole[start..start + length])?;
            out.push(new)?;
            start += length;
        }
        return engine.finish(out);
    }
    for (index, part) in split(engine, whole, old, usize::MAX)?.into_iter().enumerate() {
        if index > 0 {
            out.push(new)?;
        }
        out.push(part)?;
    }
    engine.finish(out)
}
