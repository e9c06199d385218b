//! [`SealedObject`]: a SealedSecret as it was found, and where.

use crate::manifest::yaml::place::{Position, Within};
use crate::sealed_file::error::SealedFileError;
use crate::sealed_file::piece::Piece;
use crate::sealed_file::tree::Node;
use api::{DecodeError, Scope, SealedSecret, SealedSecretSpec, decode};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;
use serde_json::{Map, Value, json};

/// A SealedSecret of the file.
#[derive(Debug, Clone)]
pub(crate) struct SealedObject {
    /// Where it is in its file; with the line on which its document begins, if it is no item of a List.
    pub place: Within,
    /// Whole, unknown fields included.
    pub object: Value,
    pub metadata: ObjectMeta,
    pub spec: SealedSecretSpec,
}

/// Which piece it is in, and which item of the List, if that is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Located {
    pub piece: usize,
    pub item: Option<usize>,
}

impl SealedObject {
    /// The scope that its annotations state.
    pub(crate) fn scope(&self) -> Scope {
        Scope::of(self.metadata.annotations.as_ref())
    }
}

impl Located {
    /// The object within the meaning of its piece.
    pub(crate) fn of_value(self, root: &mut Value) -> Option<&mut Value> {
        match self.item {
            Some(item) => root.get_mut("items")?.get_mut(item),
            None => Some(root),
        }
    }

    /// The object within the tree of its piece.
    pub(crate) fn of_tree(self, root: &Node) -> Option<&Node> {
        match self.item {
            Some(item) => root.entry("items")?.value.item(item),
            None => Some(root),
        }
    }
}

/// The SealedSecrets of a piece: itself, or items of a List.
pub(crate) fn sealed_in(
    piece: &Piece,
    root: Value,
) -> Result<Vec<(Option<usize>, SealedObject)>, SealedFileError> {
    if is_sealed(&root) {
        return Ok(vec![(None, read(piece, None, root)?)]);
    }
    let is_list = matches!(text(&root, "kind"), "List" | "SealedSecretList");
    let items = if is_list { root.get("items").and_then(Value::as_array) } else { None };
    let sealed = items.into_iter().flatten().enumerate().filter(|(_, item)| is_sealed(item));
    sealed.map(|(index, item)| Ok((Some(index), read(piece, Some(index), item.clone())?))).collect()
}

fn is_sealed(value: &Value) -> bool {
    text(value, "kind") == SealedSecret::kind(&())
        && text(value, "apiVersion") == SealedSecret::api_version(&())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn read(piece: &Piece, item: Option<usize>, object: Value) -> Result<SealedObject, SealedFileError> {
    // That of the first word in it, not of the marker before it.
    let before = piece.text.len() - piece.text.trim_start().len();
    let line = piece.first_line + piece.text[..before].matches('\n').count();
    let whole = Within::document(piece.document, Some(Position { line, column: None }));
    let name = |field: &str| object.pointer(field).and_then(Value::as_str);
    let place = item.map_or_else(|| whole.clone(), |item| whole.item(item + 1, None)).of_object(
        "SealedSecret",
        name("/metadata/namespace"),
        name("/metadata/name"),
    );
    let part = |field: &str| object.get(field).filter(|part| !part.is_null()).cloned().unwrap_or(json!({}));
    let refuse = |field: &str, error: DecodeError| SealedFileError::Shape {
        place: place.clone(),
        source: error.within(field),
    };
    let metadata = decode(part("metadata")).map_err(|error| refuse("metadata", error))?;
    let spec = decode(with_items(part("spec"))).map_err(|error| refuse("spec", error))?;
    Ok(SealedObject { place, object, metadata, spec })
}

/// One without items yet, or with an empty one, is on its way to having some; Go reads it, too.
fn with_items(mut spec: Value) -> Value {
    if let Some(spec) = spec.as_object_mut() {
        let items = spec.entry("encryptedData").or_insert(Value::Null).as_object_mut();
        for item in items.into_iter().flat_map(Map::values_mut).filter(|item| item.is_null()) {
            *item = json!("");
        }
    }
    spec
}
