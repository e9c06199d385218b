//! Walks the tree of a template, with its values, and writes the output.

mod argument;
mod call;
mod convert;
mod execution;
mod field;
mod pipeline;
mod range;
mod walk;

use crate::engine::Engine;
use crate::error::Cause;
use crate::syntax::Definitions;
use crate::value::Value;
use execution::Execution;
use zeroize::Zeroizing;

/// Executes the template `name` of these definitions. The error has the line and the cause.
pub(crate) fn execute(
    engine: &Engine<'_>,
    definitions: &Definitions,
    name: &str,
    values: &Value,
) -> Result<Zeroizing<Vec<u8>>, (usize, Cause)> {
    let mut execution = Execution {
        engine,
        definitions,
        out: engine.buffer(),
        variables: vec![("$", values.clone())],
        line: 1,
    };
    let statements = definitions.get(name).map(Vec::as_slice).unwrap_or_default();
    match execution.walk(values, statements) {
        Ok(_) => Ok(execution.out.into_bytes()),
        Err(cause) => Err((execution.line, cause)),
    }
}
