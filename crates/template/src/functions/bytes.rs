//! Searching in bytes, which the standard library does for strings only.

use crate::engine::Engine;
use crate::error::Result;
use crate::text::characters;
use crate::value::Value;

/// Where the needle first is, from `start` on.
///
/// Linear whatever the needle: what repeats in it is known beforehand, so that no byte is looked at twice over.
pub(super) fn find_from(hay: &[u8], needle: &[u8], start: usize) -> Option<usize> {
    let Some(first) = needle.first() else { return (start <= hay.len()).then_some(start) };
    let rest = hay.get(start..)?;
    if needle.len() == 1 {
        return rest.iter().position(|byte| byte == first).map(|index| start + index);
    }
    Finder::new(needle).find(hay, start)
}

/// A needle and, for each of its prefixes, how much of its own start it ends with.
pub(super) struct Finder<'n> {
    needle: &'n [u8],
    borders: Vec<usize>,
}

impl<'n> Finder<'n> {
    pub(super) fn new(needle: &'n [u8]) -> Self {
        let mut borders = vec![0; needle.len()];
        let mut length = 0;
        for index in 1..needle.len() {
            while length > 0 && needle[index] != needle[length] {
                length = borders[length - 1];
            }
            if needle[index] == needle[length] {
                length += 1;
            }
            borders[index] = length;
        }
        Self { needle, borders }
    }

    pub(super) fn find(&self, hay: &[u8], start: usize) -> Option<usize> {
        let mut matched = 0;
        for (index, byte) in hay.iter().enumerate().skip(start) {
            while matched > 0 && *byte != self.needle[matched] {
                matched = self.borders[matched - 1];
            }
            if *byte == self.needle[matched] {
                matched += 1;
            }
            if matched == self.needle.len() {
                return Some(index + 1 - matched);
            }
        }
        None
    }
}

/// The parts between separators, at most `most`; an empty separator parts the characters.
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
        && let Some(end) = finder.find(whole, start)
    {
        engine.budget().memory(16)?;
        parts.push(&whole[start..end]);
        start = end + separator.len();
    }
    parts.push(&whole[start..]);
    Ok(parts)
}

/// Every `old` replaced; an empty one is found before every character and at the end.
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
