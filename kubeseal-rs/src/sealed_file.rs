//! [`SealedFile`]: a file with SealedSecrets in it, changed in place. Comments, order, quoting, line ends and every
//! document that is not changed stay as they are, byte for byte.
//!
//! `piece` cuts the text, `tree` knows where in a piece everything stands, `splice` works out what to write where,
//! `meaning` proves that what was meant is what happened. What is changed, and why, is decided in `command`.
//!
//! Decided: bytes are replaced at the places that the parser names, instead of writing the document out again,
//! because no writer keeps what people put into YAML. And a change is believed only once the new text was read: what
//! else moved, be it through an anchor or a merge key, is an error, and the text stays as it was.

mod change;
mod error;
mod layout;
mod meaning;
mod object;
mod piece;
mod scalar;
mod splice;
mod tree;

pub(crate) use change::{Change, Field};
pub(crate) use error::SealedFileError;
pub(crate) use object::SealedObject;

use object::Located;
use piece::{Piece, Syntax};
use zeroize::Zeroizing;

/// A text with YAML documents or JSON objects, of which some are SealedSecrets.
pub(crate) struct SealedFile {
    pieces: Vec<Piece>,
    objects: Vec<SealedObject>,
    located: Vec<Located>,
}

impl SealedFile {
    /// Finds the SealedSecrets, those in Lists too. Documents that do not mention the word are not even parsed.
    pub(crate) fn read(text: &str) -> Result<Self, SealedFileError> {
        let mut file = Self { pieces: piece::pieces(text), objects: Vec::new(), located: Vec::new() };
        for (index, piece) in file.pieces.iter().enumerate() {
            if !piece.may_be_sealed() {
                continue;
            }
            let value = meaning::of(piece)
                .map_err(|broken| SealedFileError::Broken { line: broken.unwrap_or(piece.first_line) })?;
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
        let Some(located) = self.located.get(index).copied() else {
            return Ok(());
        };
        let piece = &self.pieces[located.piece];
        let unfaithful = || SealedFileError::Unfaithful { line: piece.first_line };

        let mut expected = meaning::of(piece).map_err(|_| unfaithful())?;
        for change in changes {
            let object = located.of_value(&mut expected).ok_or_else(unfaithful)?;
            meaning::change(object, change).ok_or_else(|| SealedFileError::not_a_map(&change.path))?;
        }
        let changed = splice::changed(piece, located, changes)?;
        if meaning::of(&changed).map_err(|_| unfaithful())? != expected {
            return Err(unfaithful());
        }
        let object =
            object::sealed_in(&changed, expected)?.into_iter().find(|(item, _)| *item == located.item);
        let (_, object) = object.ok_or_else(unfaithful)?;
        self.objects[index] = object;
        self.pieces[located.piece] = changed;
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
mod properties;
#[cfg(test)]
mod tests;
