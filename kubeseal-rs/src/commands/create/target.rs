//! `check_merged`: whether the file holds the SealedSecret to which values are added.

use crate::commands::create::error::CreateError;
use crate::files::encoding::to_utf8;
use crate::manifest::sealed_file::SealedFile;
use crate::manifest::sealed_secrets::SealedObject;
use std::fs;
use std::path::Path;

/// Refuses a file that does not hold exactly one SealedSecret of this name, as far as that is known: a value in another
/// SealedSecret would be lost.
pub(crate) fn check_merged(path: &Path, name: &str, namespace: Option<&str>) -> Result<(), CreateError> {
    let bytes = to_utf8(fs::read(path).unwrap_or_default());
    let Some(file) = std::str::from_utf8(&bytes).ok().and_then(|text| SealedFile::read(text).ok()) else {
        return Ok(());
    };
    let has_name = |object: &&SealedObject| object.metadata.name.as_deref() == Some(name);
    let named: Vec<_> = file.objects().iter().filter(has_name).collect();
    let both = named.iter().filter_map(|object| namespace.zip(object.metadata.namespace.as_deref()));
    let others: Vec<_> = both.filter(|(namespace, own)| own != namespace).collect();
    match (file.objects().len(), named.len() - others.len(), others.as_slice()) {
        // The merge has an error message for that.
        (0, _, _) | (_, 1, _) => Ok(()),
        (_, 0, [(namespace, own)]) => Err(CreateError::OtherNamespace {
            path: path.to_owned(),
            present: format!("{own}/{name}"),
            named: format!("{namespace}/{name}"),
        }),
        (_, count, _) => Err(CreateError::NotTheOne { path: path.to_owned(), name: name.to_owned(), count }),
    }
}
