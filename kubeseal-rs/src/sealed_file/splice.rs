//! `changed`: a piece with changes in it. What to write is worked out here and in `set` and `remove`; whether that
//! was right is proved by the caller.

pub(crate) mod insert;
pub(crate) mod remove;
pub(crate) mod replace;

use crate::sealed_file::change::{Change, Content as New};
use crate::sealed_file::error::ChangeFault;
use crate::sealed_file::object::Located;
use crate::sealed_file::piece::{Piece, Syntax};
use crate::sealed_file::tree::build::tree;
use crate::sealed_file::tree::{Content, Entry, Node};
use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use zeroize::Zeroizing;

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

/// Which of the edits failed, by their numbers. None where it cannot be told.
pub(crate) type Faults = Vec<(usize, ChangeFault)>;

/// The piece with all changes.
pub(crate) fn changed(piece: &Piece, edits: &[(Located, &[Change])]) -> Result<Piece, Faults> {
    let mut waiting: Vec<(Located, VecDeque<Cow<'_, Change>>)> =
        edits.iter().map(|(located, changes)| (*located, steps(changes))).collect();
    // At once, as far as no entry comes or goes: a thousand items are parsed once, not a thousand times.
    let mut text = round(&piece.text, piece.syntax, &mut waiting, |object, steps| {
        let (replacing, rest): (Vec<_>, Vec<_>) =
            std::mem::take(steps).into_iter().partition(|change| object.replaces(change));
        *steps = rest.into();
        replacing
    })?;
    // One change of each object, again and again: those of one object may depend on each other, those of several do not.
    while waiting.iter().any(|(_, steps)| !steps.is_empty()) {
        text = round(&text, piece.syntax, &mut waiting, |_, steps| steps.pop_front().into_iter().collect())?;
    }
    Ok(piece.with(text))
}

/// The text once what `next` takes of each object's steps is done.
fn round<'c>(
    text: &str,
    syntax: Syntax,
    waiting: &mut [(Located, VecDeque<Cow<'c, Change>>)],
    next: impl Fn(&Object<'_>, &mut VecDeque<Cow<'c, Change>>) -> Vec<Cow<'c, Change>>,
) -> Result<Zeroizing<String>, Faults> {
    let root = tree(text).ok_or_else(Faults::new)?;
    let (mut splices, mut faults) = (Vec::new(), Faults::new());
    for (number, (located, steps)) in
        waiting.iter_mut().enumerate().filter(|(_, (_, steps))| !steps.is_empty())
    {
        let node = located.of_tree(&root).ok_or_else(Faults::new)?;
        let object = Object { text, syntax, node };
        for change in next(&object, steps) {
            match object.splices(&change) {
                Ok(more) => splices.extend(more),
                Err(fault) => faults.push((number, fault)),
            }
        }
    }
    if faults.is_empty() { applied(text, splices).ok_or(faults) } else { Err(faults) }
}

/// The changes, one after the other.
fn steps(changes: &[Change]) -> VecDeque<Cow<'_, Change>> {
    let mut steps = VecDeque::new();
    for change in last_of_each(changes) {
        if let Some(New::Texts(_)) = change.value {
            // A list may be laid out in many ways; what replaces it is laid out in one.
            steps.push_back(Cow::Owned(Change { path: change.path.clone(), value: None }));
        }
        steps.push_back(Cow::Borrowed(change));
    }
    steps
}

/// The changes without those that a later one overrides.
fn last_of_each(changes: &[Change]) -> Vec<&Change> {
    let mut seen = HashSet::new();
    let mut last: Vec<_> = changes.iter().rev().filter(|change| seen.insert(&change.path)).collect();
    last.reverse();
    last
}

/// The text with these splices; none where one of them reaches into another.
fn applied(text: &str, mut splices: Vec<Splice>) -> Option<Zeroizing<String>> {
    // What is inserted where another begins comes before it.
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let added: usize = splices.iter().map(|splice| splice.text.len()).sum();
    let mut spliced = Zeroizing::new(String::with_capacity(text.len() + added));
    let mut at = 0;
    for splice in splices {
        spliced.push_str(text.get(at..splice.range.start)?);
        spliced.push_str(&splice.text);
        at = splice.range.end;
    }
    spliced.push_str(text.get(at..)?);
    Some(spliced)
}

impl Object<'_> {
    /// Whether a change leaves every entry where it is, and replaces one value.
    fn replaces(&self, change: &Change) -> bool {
        matches!(change.value, Some(New::Text(_) | New::Boolean(_))) && self.entry(&change.path).is_some()
    }

    /// The entry at the end of a path, as far as all of it is written out here.
    fn entry(&self, path: &[String]) -> Option<&Entry> {
        let (key, maps) = path.split_last()?;
        let map = maps.iter().try_fold(self.node, |node, key| node.entry(key).map(|entry| &entry.value))?;
        map.entry(key)
    }

    fn splices(&self, change: &Change) -> Result<Vec<Splice>, ChangeFault> {
        let mut map = self.node;
        // The entry that `map` is the value of, and the map which that is in.
        let mut holder: Option<(&Node, &Entry)> = None;
        for (depth, key) in change.path.iter().enumerate() {
            let is_leaf = depth + 1 == change.path.len();
            let missing = &change.path[depth..];
            match &map.content {
                Content::Map { .. } => {}
                Content::Scalar(..) if map.is_null() => {}
                _ => return Err(ChangeFault::not_a_map(&change.path[..=depth])),
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
