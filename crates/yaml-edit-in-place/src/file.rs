//! [`YamlFile`]: the documents of a text, and editing them.

use crate::change::Edit;
use crate::document::{Document, cut};
use crate::error::EditError;
use crate::splice::{Rejected, spliced};
use zeroize::Zeroizing;

/// A text with YAML documents or JSON objects.
#[derive(Debug)]
pub struct YamlFile {
    documents: Vec<Document>,
    /// What is behind the last document.
    end: Zeroizing<String>,
}

impl YamlFile {
    /// Cuts the text into documents. None of them is parsed before it is needed, so that a broken one does no harm to the others.
    pub fn read(text: &str) -> Self {
        let (documents, end) = cut(text);
        Self { documents, end }
    }

    /// The documents in order, those without content included.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The text, with all edits.
    pub fn text(&self) -> Zeroizing<String> {
        let pieces = || self.documents.iter().flat_map(|it| [&it.separator, &it.text]).chain([&self.end]);
        let mut text = Zeroizing::new(String::with_capacity(pieces().map(|piece| piece.len()).sum()));
        pieces().for_each(|piece| text.push_str(piece));
        text
    }

    /// Edits objects of the document with this index in [`documents`](Self::documents), each object once. The outcomes are in the order of
    /// `edits`: an edit that fails changes nothing, and does not stop the others.
    ///
    /// Decided: all edits of a document are tried together, instead of one after the other, because each attempt costs as much as the
    /// document is long.
    pub fn edit(&mut self, document: usize, edits: &[Edit]) -> Vec<Result<(), EditError>> {
        let mut outcomes: Vec<_> = edits.iter().map(|_| Ok(())).collect();
        let numbers: Vec<usize> = (0..edits.len()).collect();
        self.edit_some(document, edits, &numbers, &mut outcomes);
        outcomes
    }

    /// Makes the edits of these numbers. An edit that fails is left out of the next attempt; where it is not known which one fails, each
    /// half is tried by itself.
    fn edit_some(
        &mut self,
        document: usize,
        edits: &[Edit],
        numbers: &[usize],
        outcomes: &mut [Result<(), EditError>],
    ) {
        let together: Vec<&Edit> = numbers.iter().map(|number| &edits[*number]).collect();
        let Err(mut rejected) = self.edit_together(document, &together) else { return };
        if rejected.is_empty() && numbers.len() > 1 {
            let (first, second) = numbers.split_at(numbers.len() / 2);
            self.edit_some(document, edits, first, outcomes);
            self.edit_some(document, edits, second, outcomes);
            return;
        }
        if rejected.is_empty() {
            rejected.push((0, EditError::ChangesOther));
        }
        for (index, error) in rejected {
            outcomes[numbers[index]] = Err(error);
        }
        let left: Vec<usize> = numbers.iter().copied().filter(|number| outcomes[*number].is_ok()).collect();
        if !left.is_empty() {
            self.edit_some(document, edits, &left, outcomes);
        }
    }

    /// Makes all of the edits, or none.
    fn edit_together(&mut self, document: usize, edits: &[&Edit]) -> Result<(), Rejected> {
        let before = self.documents.get(document).ok_or_else(Rejected::new)?;
        let mut expected = before.value().map_err(|_| Rejected::new())?.clone();
        let mut rejected = Rejected::new();
        for (number, edit) in edits.iter().enumerate() {
            let object = expected.pointer_mut(&edit.at).ok_or_else(Rejected::new)?;
            let failed = edit.changes.iter().find(|change| change.apply(object).is_none());
            rejected.extend(failed.map(|change| (number, EditError::not_a_map(&change.path))));
        }
        if !rejected.is_empty() {
            return Err(rejected);
        }
        let after = before.with_text(spliced(before, edits)?);
        if after.value() != Ok(&expected) {
            return Err(rejected);
        }
        self.documents[document] = after;
        Ok(())
    }
}
