//! `read`: the SealedSecrets of a file or of standard input, to be looked at. Other objects beside them are passed over. `text` and `bytes` read any input so.

use crate::commands::common::templated_files;
use crate::error::{CommandError, Context as _, Hint};
use crate::files::input::{Input, InputError};
use crate::manifest::error::ManifestError;
use crate::manifest::sealed_file::{SealedFile, SealedFileError};
use crate::manifest::sealed_secrets::SealedObject;
use std::io;
use yaml_edit_in_place::ParseError;

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {input}")]
struct Unreadable {
    input: Input,
    #[source]
    source: io::Error,
}

impl Unreadable {
    fn of(input: &Input, error: InputError) -> Self {
        Self { input: input.clone(), source: error.into_cause() }
    }
}

impl Hint for Unreadable {
    fn hint(&self) -> Option<String> {
        Some("name a file that exists and may be read; - is standard input".into())
    }
}

/// The text of the input.
pub(crate) fn text(input: &Input, expected: &str) -> Result<Vec<u8>, CommandError> {
    Ok(input.read_text(expected).map_err(|error| Unreadable::of(input, error))?)
}

/// The input as it is.
pub(crate) fn bytes(input: &Input, expected: &str) -> Result<Vec<u8>, CommandError> {
    Ok(input.read(expected).map_err(|error| Unreadable::of(input, error))?)
}

/// All SealedSecrets of the input; there may be none.
pub(crate) fn read(input: &Input) -> Result<Vec<SealedObject>, CommandError> {
    let bytes = text(input, "SealedSecrets, in YAML or JSON,")?;
    let text = std::str::from_utf8(&bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let failed = || format!("cannot read {input}");
    let sealed = SealedFile::read(text).and_then(|sealed| sealed.check_others().map(|()| sealed));
    let objects = match sealed {
        Ok(sealed) => sealed.objects().to_vec(),
        Err(SealedFileError::Parse(error @ ParseError::Syntax { line, .. }))
            if templated_files::is_template(text, line) =>
        {
            return Err(SealedFileError::Parse(error))
                .context(failed())
                .hint("a template of Helm is rendered first: `helm template CHART > rendered.yaml`");
        }
        Err(error) => return Err(error).context(failed()),
    };
    let placed =
        objects.into_iter().map(|object| SealedObject { location: object.location.of(input), ..object });
    Ok(placed.collect())
}
