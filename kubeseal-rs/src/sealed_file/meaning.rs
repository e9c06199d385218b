//! What a piece means, as a `Value`; and what a change makes of it. The proof that text was changed faithfully.

use crate::manifest::yaml::budget::{alias_limits, budget};
use crate::manifest::yaml::line_break::LineBreak;
use crate::sealed_file::change::Change;
use crate::sealed_file::error::SealedFileError;
use crate::sealed_file::piece::{Piece, Syntax};
use serde_json::{Map, Value};
use serde_saphyr::options;

/// Reads a piece.
pub(crate) fn of(piece: &Piece) -> Result<Value, SealedFileError> {
    let document = piece.document;
    let broken = |line: usize| SealedFileError::Broken { document, line: piece.first_line + line.max(1) - 1 };
    match piece.syntax {
        Syntax::Between => Ok(Value::Null),
        Syntax::Json => serde_json::from_str(&piece.text).map_err(|error| broken(error.line())),
        Syntax::Yaml => {
            // A snippet is a line of the file, and errors quote nothing.
            let options = options! {
                with_snippet: false,
                legacy_octal_numbers: true,
                budget: budget(&piece.text),
                alias_limits: alias_limits(&piece.text),
            };
            if let Some((found, position)) = LineBreak::first_in(&piece.text) {
                let line = piece.first_line + position.line - 1;
                return Err(SealedFileError::LineBreak { document, line, found });
            }
            serde_saphyr::from_str_with_options(&piece.text, options).map_err(|error| {
                let line = error.location().and_then(|location| usize::try_from(location.line()).ok());
                broken(line.unwrap_or(1))
            })
        }
    }
}

/// Carries a change out on the meaning. None if something that is no map stands in its way.
pub(crate) fn change(object: &mut Value, change: &Change) -> Option<()> {
    let (key, maps) = change.path.split_last()?;
    let mut here = object;
    for map in maps {
        if here.is_null() {
            *here = Value::Object(Map::new());
        }
        let entries = here.as_object_mut()?;
        here = match (&change.value, entries.get(map)) {
            (None, None | Some(Value::Null)) => return Some(()),
            _ => entries.entry(map).or_insert(Value::Null),
        };
    }
    if here.is_null() {
        *here = Value::Object(Map::new());
    }
    let entries = here.as_object_mut()?;
    match &change.value {
        Some(value) => drop(entries.insert(key.clone(), value.value())),
        None => drop(entries.shift_remove(key)),
    }
    Some(())
}
