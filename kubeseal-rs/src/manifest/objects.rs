//! `each_object`: the Kubernetes objects of any kind in a stream of YAML documents and JSON objects.

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::field::FieldReader;
use crate::manifest::location::Location;
use crate::manifest::yaml::parse::parse;
use yaml_edit_in_place::split::{DocumentText, documents};

/// An object without a kind is read as a Secret, as upstream does.
pub(crate) const DEFAULT_KIND: &str = "Secret";

/// Calls `take` with every object in `bytes` that is not empty.
pub(crate) fn each_object(
    input: &Input,
    bytes: &[u8],
    take: &mut dyn FnMut(FieldReader) -> Result<(), ManifestError>,
) -> Result<(), ManifestError> {
    let stream = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let mut number = 0;
    for document in documents(stream) {
        number += each_object_of(input, document, number, take)?;
    }
    Ok(())
}

/// Calls `take` with every object of the document that is not empty. Returns the number of objects, empty ones included. There are `before`
/// objects in the documents before it, which is for messages.
pub(crate) fn each_object_of(
    input: &Input,
    document: DocumentText<'_>,
    before: usize,
    take: &mut dyn FnMut(FieldReader) -> Result<(), ManifestError>,
) -> Result<usize, ManifestError> {
    let nodes = parse(document).map_err(|broken| {
        let whole = Location::document(before + broken.sound + 1, broken.position).of(input);
        let location =
            broken.field.map_or_else(|| whole.clone(), |field| whole.field(&field, broken.position));
        ManifestError::At { location, problem: broken.error }
    })?;
    let count = nodes.len();
    for (index, node) in nodes.into_iter().enumerate() {
        let location = Location::document(before + index + 1, node.position).of(input);
        let field = FieldReader::of_object(location, node, DEFAULT_KIND);
        if !field.is_empty() {
            take(field)?;
        }
    }
    Ok(count)
}
