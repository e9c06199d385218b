//! [`Execution`]: one walk, with the variables in scope and the output so far.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::syntax::Definitions;
use crate::text::Buffer;
use crate::value::Value;

/// What happens after a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

pub(super) struct Execution<'t, 'e> {
    pub(super) engine: &'t Engine<'e>,
    pub(super) definitions: &'t Definitions,
    pub(super) out: Buffer<'t>,
    /// The variables in scope, the latest last.
    pub(super) variables: Vec<(&'t str, Value)>,
    /// The line that an error would name.
    pub(super) line: usize,
}

impl<'t> Execution<'t, '_> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.engine.budget().output(bytes.len())?;
        self.out.push(bytes)
    }

    pub(super) fn declare(&mut self, name: &'t str, value: Value) -> Result<()> {
        self.engine.budget().memory(size_of::<(&str, Value)>())?;
        self.variables.push((name, value));
        Ok(())
    }

    /// The index of the variable. It may be absent although the text was read, if a branch that was not taken declares it.
    fn find(&self, name: &str) -> Result<usize> {
        let found = self.variables.iter().rposition(|(there, _)| *there == name);
        // Names of the same length are compared byte by byte.
        let passed = self.variables.len() - found.unwrap_or(0);
        self.engine.budget().steps(passed.saturating_mul(16 + name.len()) / 256)?;
        found.ok_or_else(|| Cause::evaluation(format!("undefined variable {name:?}")))
    }

    pub(super) fn variable(&self, name: &str) -> Result<Value> {
        let index = self.find(name)?;
        Ok(self.variables[index].1.clone())
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) -> Result<()> {
        let index = self.find(name)?;
        self.variables[index].1 = value;
        Ok(())
    }
}
