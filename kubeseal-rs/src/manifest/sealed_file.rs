//! [`SealedFile`]: a file with SealedSecrets, edited in place. `yaml-edit-in-place` changes the text; this file knows
//! SealedSecrets.

use crate::error::Hint;
use crate::files::escapes::may_mention;
use crate::manifest::location::Location;
use crate::manifest::sealed_secrets::{SealedObject, is_sealed_secret, item_of};
use api::DecodeError;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use yaml_edit_in_place::{Change, Document, Edit, EditError, ParseError, Position, YamlFile};

/// A text with YAML documents or JSON objects, some of which are SealedSecrets.
pub(crate) struct SealedFile {
    file: YamlFile,
    objects: Vec<SealedObject>,
    /// For each object: the index of its document, and its index in a List.
    locations: Vec<(usize, Option<usize>)>,
}

/// Changes of one SealedSecret.
pub(crate) struct ObjectEdit {
    /// Index in [`SealedFile::objects`].
    pub index: usize,
    pub changes: Vec<Change>,
}

/// Why a file was not read, or not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedFileError {
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error("{location} has a wrong shape")]
    Shape {
        location: Location,
        #[source]
        source: DecodeError,
    },
    #[error("{location} cannot be changed")]
    Edit {
        location: Location,
        #[source]
        source: EditError,
    },
}

impl Hint for SealedFileError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Parse(ParseError::Syntax { .. }) => "check indentation, quotes and brackets near there".into(),
            Self::Parse(ParseError::LineBreak { found, .. }) => found.hint(),
            Self::Shape { .. } => "`kubectl explain sealedsecret.spec` says what belongs where".into(),
            Self::Edit { source: EditError::NotAMap { path }, .. } => {
                format!("write {path} as a map of its own, without an alias (*name) or merge key (<<)")
            }
            Self::Edit { source: EditError::NotAScalar { path }, .. } => format!("write {path} as text"),
            Self::Edit { source: EditError::ChangesOther, .. } => {
                "write what it shares through anchors (&name), aliases (*name) and merge keys (<<) out in full; \
                 nothing was changed"
                    .into()
            }
        })
    }
}

impl SealedFile {
    /// Finds the SealedSecrets, those in Lists included. Documents without the word `SealedSecret` are not parsed.
    pub(crate) fn read(text: &str) -> Result<Self, SealedFileError> {
        let file = YamlFile::read(text);
        let (mut objects, mut locations) = (Vec::new(), Vec::new());
        for (index, document) in file.documents().iter().enumerate() {
            if !may_mention(document.text().as_bytes(), &["SealedSecret"]) {
                continue;
            }
            let root = document.value()?;
            let items = root.get("items").and_then(Value::as_array);
            if is_sealed_secret(root) {
                objects.push(decode(document, None, root)?);
                locations.push((index, None));
            }
            for (item, object) in items.into_iter().flatten().enumerate() {
                let object = item_of(root, object);
                if is_sealed_secret(&object) {
                    objects.push(decode(document, Some(item), &object)?);
                    locations.push((index, Some(item)));
                }
            }
        }
        Ok(Self { file, objects, locations })
    }

    /// Parses the documents without the word `SealedSecret`, too: for a file that the user named, and that may be broken.
    pub(crate) fn check_others(&self) -> Result<(), SealedFileError> {
        self.file.documents().iter().try_for_each(|document| Ok(document.value().map(drop)?))
    }

    /// The SealedSecrets, in order.
    pub(crate) fn objects(&self) -> &[SealedObject] {
        &self.objects
    }

    /// Whether all documents are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.file.documents().iter().all(Document::is_json)
    }

    /// Makes all changes of one object, or none.
    pub(crate) fn edit(&mut self, index: usize, changes: &[Change]) -> Result<(), SealedFileError> {
        self.edit_all(&[ObjectEdit { index, changes: changes.to_vec() }]).into_iter().collect()
    }

    /// Edits several objects, each of them once: all changes of an object, or none. The outcomes are in the order of `edits`.
    pub(crate) fn edit_all(&mut self, edits: &[ObjectEdit]) -> Vec<Result<(), SealedFileError>> {
        let mut by_document: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, edit) in edits.iter().enumerate() {
            by_document.entry(self.locations[edit.index].0).or_default().push(number);
        }
        let mut outcomes: Vec<_> = edits.iter().map(|_| Ok(())).collect();
        for (document, numbers) in by_document {
            let in_document: Vec<Edit> = numbers
                .iter()
                .map(|number| &edits[*number])
                .map(|edit| Edit { at: pointer(self.locations[edit.index].1), changes: edit.changes.clone() })
                .collect();
            for (number, outcome) in numbers.into_iter().zip(self.file.edit(document, &in_document)) {
                let index = edits[number].index;
                let location = || self.objects[index].location.clone();
                outcomes[number] = outcome
                    .map_err(|source| SealedFileError::Edit { location: location(), source })
                    .and_then(|()| self.read_again(index));
            }
        }
        outcomes
    }

    // The object was decoded before, and an edit only sets strings: decoding it again does not fail.
    fn read_again(&mut self, index: usize) -> Result<(), SealedFileError> {
        let (number, item) = self.locations[index];
        let document = &self.file.documents()[number];
        let root = document.value()?;
        let object = root.pointer(&pointer(item)).unwrap_or(&Value::Null);
        let object = if item.is_some() { item_of(root, object) } else { Cow::Borrowed(object) };
        self.objects[index] = decode(document, item, &object)?;
        Ok(())
    }

    /// The text of the document that an object is; None for an item of a List.
    pub(crate) fn document_of(&self, index: usize) -> Option<String> {
        let (number, item) = self.locations[index];
        item.is_none().then(|| self.file.documents()[number].text().to_owned())
    }

    /// The text with all edits.
    pub(crate) fn text(&self) -> String {
        std::mem::take(&mut *self.file.text())
    }
}

/// Where an object is in its document.
fn pointer(item: Option<usize>) -> String {
    item.map(|item| format!("/items/{item}")).unwrap_or_default()
}

fn decode(document: &Document, item: Option<usize>, object: &Value) -> Result<SealedObject, SealedFileError> {
    // The line of the first word, not of the marker before it.
    let before = &document.text()[..document.text().len() - document.text().trim_start().len()];
    let line = document.first_line() + before.matches('\n').count();
    let whole = Location::document(document.number(), Some(Position { line, column: None }));
    let name = |field: &str| object.pointer(field).and_then(Value::as_str);
    let location = item.map_or_else(|| whole.clone(), |item| whole.item(item + 1, None)).of_object(
        "SealedSecret",
        name("/metadata/namespace"),
        name("/metadata/name"),
    );
    let mut sealed = SealedObject::decode(&location, without_null(object.clone()))
        .map_err(|source| SealedFileError::Shape { location, source })?;
    sealed.object = object.clone();
    Ok(sealed)
}

/// A SealedSecret that is being written may have no metadata, no spec and no items yet, or items without a value. Go
/// reads it, too.
fn without_null(mut object: Value) -> Value {
    let empty_map = |value: &mut Value| {
        if value.is_null() {
            *value = json!({});
        }
    };
    if let Some(fields) = object.as_object_mut() {
        for field in ["metadata", "spec"] {
            empty_map(fields.entry(field).or_insert(Value::Null));
        }
    }
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
        let items = spec.entry("encryptedData").or_insert(Value::Null);
        for item in items.as_object_mut().into_iter().flat_map(Map::values_mut).filter(|item| item.is_null())
        {
            *item = json!("");
        }
    }
    object
}

#[cfg(test)]
mod tests;
