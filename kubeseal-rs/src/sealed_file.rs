//! [`SealedFile`]: a file with SealedSecrets in it, changed in place. Comments, order, quoting, line ends and every
//! document that is not changed stay as they are, byte for byte.
//!
//! `piece` cuts the text, `tree` knows where in a piece everything stands, `splice` works out what to write where,
//! `meaning` proves that what was meant is what happened. What is changed, and why, is decided in `command`.
//!
//! Decided: bytes are replaced at the places that the parser names, instead of writing the document out again,
//! because no writer keeps what people put into YAML. And a change is believed only once the new text was read: what
//! else moved, be it through an anchor or a merge key, is an error, and the text stays as it was.

pub(crate) mod change;
pub(crate) mod error;
pub(crate) mod layout;
pub(crate) mod meaning;
pub(crate) mod object;
pub(crate) mod piece;
pub(crate) mod scalar;
pub(crate) mod splice;
pub(crate) mod tree;

use crate::sealed_file::change::Change;
use crate::sealed_file::error::{ChangeFault, SealedFileError};
use crate::sealed_file::object::{Located, SealedObject};
use crate::sealed_file::piece::{Piece, Syntax};
use crate::sealed_file::splice::Faults;
use std::collections::{BTreeMap, HashMap};
use zeroize::Zeroizing;

/// A text with YAML documents or JSON objects, of which some are SealedSecrets.
pub(crate) struct SealedFile {
    pieces: Vec<Piece>,
    objects: Vec<SealedObject>,
    located: Vec<Located>,
}

/// What to change in one object.
pub(crate) struct Edit {
    /// Which of the file's objects.
    pub index: usize,
    pub changes: Vec<Change>,
}

impl SealedFile {
    /// Finds the SealedSecrets, those in Lists too. Documents that do not mention the word are not even parsed.
    pub(crate) fn read(text: &str) -> Result<Self, SealedFileError> {
        let mut file = Self { pieces: piece::pieces(text), objects: Vec::new(), located: Vec::new() };
        for (index, piece) in file.pieces.iter().enumerate() {
            if !piece.may_be_sealed() {
                continue;
            }
            let value = meaning::of(piece)?;
            for (item, object) in object::sealed_in(piece, value)? {
                file.objects.push(object);
                file.located.push(Located { piece: index, item });
            }
        }
        Ok(file)
    }

    /// The SealedSecrets, in order.
    pub(crate) fn objects(&self) -> &[SealedObject] {
        &self.objects
    }

    /// Whether all of it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.pieces.iter().all(|piece| piece.syntax != Syntax::Yaml)
    }

    /// Changes the object of this index: all of the changes, or none and an error.
    pub(crate) fn edit(&mut self, index: usize, changes: &[Change]) -> Result<(), SealedFileError> {
        self.edit_all(&[Edit { index, changes: changes.to_vec() }]).into_iter().collect()
    }

    /// Changes several objects, each of them once: of each, all of the changes, or none and an error. The outcomes are in the
    /// order of `edits`.
    ///
    /// The objects of a List are changed together, because each time costs as much as the whole List is long.
    pub(crate) fn edit_all(&mut self, edits: &[Edit]) -> Vec<Result<(), SealedFileError>> {
        let mut outcomes: Vec<_> = edits.iter().map(|_| Ok(())).collect();
        let mut in_pieces: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, edit) in edits.iter().enumerate() {
            if let Some(located) = self.located.get(edit.index) {
                in_pieces.entry(located.piece).or_default().push(number);
            }
        }
        for (piece, numbers) in in_pieces {
            self.edit_piece(piece, edits, &numbers, &mut outcomes);
        }
        outcomes
    }

    /// Carries out those of the edits that have these numbers. What fails is left out of the next attempt; where it cannot be told
    /// which one does, each half is tried by itself.
    fn edit_piece(
        &mut self,
        piece: usize,
        edits: &[Edit],
        numbers: &[usize],
        outcomes: &mut [Result<(), SealedFileError>],
    ) {
        let together: Vec<&Edit> = numbers.iter().map(|number| &edits[*number]).collect();
        let Err(mut faults) = self.edit_together(piece, &together) else { return };
        if faults.is_empty() && numbers.len() > 1 {
            let (first, second) = numbers.split_at(numbers.len() / 2);
            self.edit_piece(piece, edits, first, outcomes);
            self.edit_piece(piece, edits, second, outcomes);
            return;
        }
        if faults.is_empty() {
            faults.push((0, ChangeFault::Unfaithful));
        }
        for (index, fault) in faults {
            let place = self.objects[together[index].index].place.clone();
            outcomes[numbers[index]] = Err(SealedFileError::Change { place, fault });
        }
        let left: Vec<usize> = numbers.iter().copied().filter(|number| outcomes[*number].is_ok()).collect();
        if !left.is_empty() {
            self.edit_piece(piece, edits, &left, outcomes);
        }
    }

    /// Changes objects of one piece: all of them, or none.
    fn edit_together(&mut self, piece: usize, edits: &[&Edit]) -> Result<(), Faults> {
        let before = &self.pieces[piece];
        let mut expected = meaning::of(before).map_err(|_| Faults::new())?;
        let mut located = Vec::with_capacity(edits.len());
        let mut faults = Faults::new();
        for (number, edit) in edits.iter().enumerate() {
            let place = self.located[edit.index];
            let object = place.of_value(&mut expected).ok_or_else(Faults::new)?;
            let failed = edit.changes.iter().find(|change| meaning::change(object, change).is_none());
            faults.extend(failed.map(|change| (number, ChangeFault::not_a_map(&change.path))));
            located.push((place, edit.changes.as_slice()));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let changed = splice::changed(before, &located)?;
        if meaning::of(&changed).ok().as_ref() != Some(&expected) {
            return Err(faults);
        }
        let objects = object::sealed_in(&changed, expected).map_err(|_| Faults::new())?;
        let mut objects: HashMap<_, _> = objects.into_iter().collect();
        let objects: Option<Vec<_>> = located.iter().map(|(place, _)| objects.remove(&place.item)).collect();
        for (edit, object) in edits.iter().zip(objects.ok_or(faults)?) {
            self.objects[edit.index] = object;
        }
        self.pieces[piece] = changed;
        Ok(())
    }

    /// The text, with all changes. There may be a Secret in it, beside the SealedSecrets.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        let length = self.pieces.iter().map(|piece| piece.text.len()).sum();
        let mut text = Zeroizing::new(String::with_capacity(length));
        for piece in &self.pieces {
            text.push_str(&piece.text);
        }
        text
    }
}

#[cfg(test)]
pub(crate) mod properties;
#[cfg(test)]
mod tests;
