//! What a piece means, as a `Value`; and what a change makes of it. The proof that text was changed faithfully.

use super::change::Change;
use super::piece::{Piece, Syntax};
use serde_json::{Map, Value};
use serde_saphyr::options;

/// Reads a piece; the error is the line of the file, where the parser tells.
pub(super) fn of(piece: &Piece) -> Result<Value, Option<usize>> {
    let in_file = |line: usize| (line > 0).then(|| piece.first_line + line - 1);
    match piece.syntax {
        Syntax::Between => Ok(Value::Null),
        Syntax::Json => serde_json::from_str(&piece.text).map_err(|error| in_file(error.line())),
        Syntax::Yaml => {
            // A snippet is a line of the file, and errors quote nothing.
            let options = options! { with_snippet: false, legacy_octal_numbers: true };
            serde_saphyr::from_str_with_options(&piece.text, options).map_err(|error| {
                error.location().and_then(|location| usize::try_from(location.line()).ok()).and_then(in_file)
            })
        }
    }
}

/// Carries a change out on the meaning. None if something that is no map stands in its way.
pub(super) fn change(object: &mut Value, change: &Change) -> Option<()> {
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
