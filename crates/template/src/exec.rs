//! Walks the tree of a template with its values, and writes.

mod argument;
mod call;
mod field;
mod pipeline;
mod range;
mod walk;

use crate::buffer::Buffer;
use crate::engine::Engine;
use crate::error::{Fault, Result};
use crate::syntax::{Definitions, Place};
use crate::value::Value;
use zeroize::Zeroizing;

/// Executes the template `name` of these definitions, giving its output; or where and why it failed.
pub(crate) fn execute(
    engine: &Engine<'_>,
    definitions: &Definitions,
    name: &str,
    values: &Value,
) -> std::result::Result<Zeroizing<Vec<u8>>, (Place, Fault)> {
    let mut execution = Execution {
        engine,
        definitions,
        out: engine.buffer(),
        variables: vec![("$", values.clone())],
        place: 1,
    };
    let nodes = definitions.get(name).map(Vec::as_slice).unwrap_or_default();
    match execution.walk(values, nodes) {
        Ok(_) => Ok(execution.out.into_bytes()),
        Err(fault) => Err((execution.place, fault)),
    }
}

/// How the walk goes on after a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

struct Execution<'t, 'e> {
    engine: &'t Engine<'e>,
    definitions: &'t Definitions,
    out: Buffer<'t>,
    /// The variables in scope, the latest last.
    variables: Vec<(&'t str, Value)>,
    /// The line that an error would name.
    place: Place,
}

impl<'t> Execution<'t, '_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.engine.budget().output(bytes.len())?;
        self.out.push(bytes)
    }

    fn declare(&mut self, name: &'t str, value: Value) -> Result<()> {
        self.engine.budget().memory(size_of::<(&str, Value)>())?;
        self.variables.push((name, value));
        Ok(())
    }

    /// Where the variable is. One may parse and yet not be there: declared in a branch that was not taken.
    fn find(&self, name: &str) -> Result<usize> {
        let found = self.variables.iter().rposition(|(there, _)| *there == name);
        // Names of the same length are compared byte by byte.
        let passed = self.variables.len() - found.unwrap_or(0);
        self.engine.budget().steps(passed.saturating_mul(16 + name.len()) / 256)?;
        found.ok_or_else(|| Fault::evaluation(format!("undefined variable {name:?}")))
    }

    fn variable(&self, name: &str) -> Result<Value> {
        let index = self.find(name)?;
        Ok(self.variables[index].1.clone())
    }

    fn assign(&mut self, name: &str, value: Value) -> Result<()> {
        let index = self.find(name)?;
        self.variables[index].1 = value;
        Ok(())
    }
}
