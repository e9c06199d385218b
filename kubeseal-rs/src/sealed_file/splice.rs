//! `changed`: a piece with changes in it. What to write is worked out here and in `set` and `remove`; whether that
//! was right is proved by the caller.

mod insert;
mod remove;
mod replace;

use super::change::{Change, Content as New};
use super::error::SealedFileError;
use super::object::Located;
use super::piece::{Piece, Syntax};
use super::tree::{Content, Entry, Node, tree};
use std::collections::HashSet;
use std::ops::Range;

/// A stretch of text, and what is to stand there instead.
#[derive(Debug, PartialEq, Eq)]
struct Splice {
    range: Range<usize>,
    text: String,
}

/// An object within its text.
struct Object<'a> {
    text: &'a str,
    syntax: Syntax,
    node: &'a Node,
}

/// The piece with all changes.
pub(super) fn changed(piece: &Piece, located: Located, changes: &[Change]) -> Result<Piece, SealedFileError> {
    let mut text = piece.text.clone();
    let changes = last_of_each(changes);
    // At once, as far as no entry comes or goes: a thousand items are parsed once, not a thousand times.
    let (replacing, rest): (Vec<_>, Vec<_>) = with_object(piece, &text, located, |object| {
        let is_there = |change: &&Change| {
            matches!(change.value, Some(New::Text(_) | New::Boolean(_)))
                && object.entry(&change.path).is_some()
        };
        Ok(changes.into_iter().partition(is_there))
    })?;
    let splices = with_object(piece, &text, located, |object| {
        replacing.iter().map(|change| object.splices(change)).collect::<Result<Vec<_>, _>>()
    })?;
    apply(&mut text, splices.into_iter().flatten().collect());
    for change in rest {
        if let Some(New::Texts(_)) = change.value {
            // A list may be laid out in many ways; what replaces it is laid out in one.
            let old = Change { path: change.path.clone(), value: None };
            let splices = with_object(piece, &text, located, |object| object.splices(&old))?;
            apply(&mut text, splices);
        }
        let splices = with_object(piece, &text, located, |object| object.splices(change))?;
        apply(&mut text, splices);
    }
    Ok(piece.with(text))
}

/// The changes without those that a later one overrides.
fn last_of_each(changes: &[Change]) -> Vec<&Change> {
    let mut seen = HashSet::new();
    let mut last: Vec<_> = changes.iter().rev().filter(|change| seen.insert(&change.path)).collect();
    last.reverse();
    last
}

fn with_object<T>(
    piece: &Piece,
    text: &str,
    located: Located,
    ask: impl FnOnce(Object<'_>) -> Result<T, SealedFileError>,
) -> Result<T, SealedFileError> {
    let unfaithful = || SealedFileError::Unfaithful { line: piece.first_line };
    let root = tree(text).ok_or_else(unfaithful)?;
    let node = located.of_tree(&root).ok_or_else(unfaithful)?;
    ask(Object { text, syntax: piece.syntax, node })
}

fn apply(text: &mut String, mut splices: Vec<Splice>) {
    // From the end, so that the places of the others stay right; what is inserted where another begins comes before it.
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    for splice in splices.into_iter().rev() {
        text.replace_range(splice.range, &splice.text);
    }
}

impl Object<'_> {
    /// The entry at the end of a path, as far as all of it is written out here.
    fn entry(&self, path: &[String]) -> Option<&Entry> {
        let (key, maps) = path.split_last()?;
        let map = maps.iter().try_fold(self.node, |node, key| node.entry(key).map(|entry| &entry.value))?;
        map.entry(key)
    }

    fn splices(&self, change: &Change) -> Result<Vec<Splice>, SealedFileError> {
        let mut map = self.node;
        // The entry that `map` is the value of, and the map which that is in.
        let mut holder: Option<(&Node, &Entry)> = None;
        for (depth, key) in change.path.iter().enumerate() {
            let is_leaf = depth + 1 == change.path.len();
            let missing = &change.path[depth..];
            match &map.content {
                Content::Map { .. } => {}
                Content::Scalar(..) if map.is_null() => {}
                _ => return Err(SealedFileError::not_a_map(&change.path[..=depth])),
            }
            match (map.entry(key), &change.value) {
                (Some(entry), Some(value)) if is_leaf => {
                    return self.replace(map, entry, value, &change.path).map(|splice| vec![splice]);
                }
                (Some(entry), None) if is_leaf => return Ok(self.remove(holder, map, entry)),
                (Some(entry), _) => {
                    holder = Some((map, entry));
                    map = &entry.value;
                }
                (None, None) => return Ok(Vec::new()),
                (None, Some(value)) => return self.insert(holder, map, missing, value),
            }
        }
        Ok(Vec::new())
    }
}
