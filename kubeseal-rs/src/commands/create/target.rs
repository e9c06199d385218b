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
    let fits = |object: &&SealedObject| {
        let own = object.metadata.namespace.as_deref();
        object.metadata.name.as_deref() == Some(name)
            && namespace.is_none_or(|namespace| own.is_none_or(|own| own == namespace))
    };
    match (file.objects().len(), file.objects().iter().filter(fits).count()) {
        // The merge has an error message for that.
        (0, _) | (_, 1) => Ok(()),
        (_, count) => Err(CreateError::NotTheOne { path: path.to_owned(), name: name.to_owned(), count }),
    }
}
