//! `spliced`: the text of a document with edits in it. Which bytes to replace is worked out here, in `insert`, `replace` and `remove`;
//! `file` proves by parsing that the result is right.

mod insert;
mod remove;
mod replace;

use crate::change::{Change, Edit};
use crate::document::{Document, Syntax};
use crate::error::EditError;
use crate::syntax::build::syntax_tree;
use crate::syntax::{Entry, SyntaxKind, SyntaxNode};
use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use zeroize::Zeroizing;

/// Bytes to replace, and the text to put in their place.
#[derive(Debug, PartialEq, Eq)]
struct Splice {
    range: Range<usize>,
    text: String,
}

/// An object within its text.
struct Object<'a> {
    text: &'a str,
    syntax: Syntax,
    node: &'a SyntaxNode,
}

/// The edits that failed, by their numbers. Empty if it is not known which one failed.
pub(crate) type Rejected = Vec<(usize, EditError)>;

/// Changes of one object that are still to be made.
struct Pending<'e> {
    at: &'e str,
    changes: VecDeque<&'e Change>,
}

/// The text of the document with all edits.
pub(crate) fn spliced(document: &Document, edits: &[&Edit]) -> Result<Zeroizing<String>, Rejected> {
    let mut pending: Vec<Pending<'_>> =
        edits.iter().map(|edit| Pending { at: &edit.at, changes: in_order(&edit.changes) }).collect();
    // All values that only replace another are replaced at once: a thousand items are parsed once, not a thousand times.
    let mut text = round(&document.text, document.syntax, &mut pending, |object, changes| {
        let (replacing, rest): (Vec<_>, Vec<_>) =
            std::mem::take(changes).into_iter().partition(|change| object.replaces(change));
        *changes = rest.into();
        replacing
    })?;
    // Then one change of each object in each round: the changes of one object may depend on each other, those of several do not.
    while pending.iter().any(|object| !object.changes.is_empty()) {
        text = round(&text, document.syntax, &mut pending, |_, changes| {
            changes.pop_front().into_iter().collect()
        })?;
    }
    Ok(text)
}

/// The text with the changes that `next` takes out of each object's.
fn round<'e>(
    text: &str,
    syntax: Syntax,
    pending: &mut [Pending<'e>],
    next: impl Fn(&Object<'_>, &mut VecDeque<&'e Change>) -> Vec<&'e Change>,
) -> Result<Zeroizing<String>, Rejected> {
    let root = syntax_tree(text).ok_or_else(Rejected::new)?;
    let (mut splices, mut rejected) = (Vec::new(), Rejected::new());
    for (number, edit) in pending.iter_mut().enumerate().filter(|(_, edit)| !edit.changes.is_empty()) {
        let node = root.pointer(edit.at).ok_or_else(Rejected::new)?;
        let object = Object { text, syntax, node };
        for change in next(&object, &mut edit.changes) {
            match object.splices(change) {
                Ok(more) => splices.extend(more),
                Err(error) => rejected.push((number, error)),
            }
        }
    }
    if rejected.is_empty() { applied(text, splices).ok_or(rejected) } else { Err(rejected) }
}

/// The changes in order, without those that a later one overrides.
fn in_order(changes: &[Change]) -> VecDeque<&Change> {
    let (mut seen, mut ordered) = (HashSet::new(), VecDeque::new());
    for change in changes.iter().rev().filter(|change| seen.insert(&change.path)) {
        ordered.push_front(change);
    }
    ordered
}

/// The text with these splices. `None` if two of them overlap.
fn applied(text: &str, mut splices: Vec<Splice>) -> Option<Zeroizing<String>> {
    // An insertion comes before a replacement that begins at the same place.
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
    /// Whether the change replaces one value, and adds and removes no entry.
    fn replaces(&self, change: &Change) -> bool {
        change.value.is_some() && self.entry(&change.path).is_some()
    }

    /// The entry at the end of a path, if all of the path is written out in this object.
    fn entry(&self, path: &[String]) -> Option<&Entry> {
        let (key, maps) = path.split_last()?;
        let map = maps.iter().try_fold(self.node, |node, key| node.entry(key).map(|entry| &entry.value))?;
        map.entry(key)
    }

    fn splices(&self, change: &Change) -> Result<Vec<Splice>, EditError> {
        let mut map = self.node;
        // The entry whose value is `map`, and the map that this entry is in.
        let mut holder: Option<(&SyntaxNode, &Entry)> = None;
        for (depth, key) in change.path.iter().enumerate() {
            let is_leaf = depth + 1 == change.path.len();
            let missing = &change.path[depth..];
            match &map.kind {
                SyntaxKind::Map { .. } => {}
                SyntaxKind::Scalar(..) if map.is_null() => {}
                _ => return Err(EditError::not_a_map(&change.path[..=depth])),
            }
            let entry = map.entry(key);
            if entry.is_some_and(|entry| map.is_merged_behind(entry)) {
                return Err(EditError::not_a_map(&change.path[..=depth]));
            }
            match (entry, &change.value) {
                (Some(entry), Some(value)) if is_leaf => {
                    return self.replace(map, entry, value, &change.path);
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
