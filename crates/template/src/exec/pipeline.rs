//! Pipelines and commands.

use super::call::Callee;
use super::convert::ideal;
use super::execution::Execution;
use crate::error::{Cause, Result};
use crate::syntax::{Command, Operand, Pipe};
use crate::value::Value;

impl<'t> Execution<'t, '_> {
    /// The value of a pipeline, which its variables take.
    pub(super) fn pipe(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<Value> {
        self.line = pipe.line;
        let mut piped = None;
        for command in &pipe.commands {
            piped = Some(self.command(dot, command, piped)?.settled());
        }
        let value = piped.unwrap_or(Value::Nil);
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.declare(name, value.clone())?;
            }
        }
        Ok(value)
    }

    fn command(&mut self, dot: &Value, command: &'t Command, piped: Option<Value>) -> Result<Value> {
        self.engine.budget().steps(1)?;
        let arguments = command.arguments.as_slice();
        match &command.first {
            Operand::Function(function) => self.call(dot, &Callee::Function(function), arguments, piped),
            Operand::Field(path) => self.path(dot, dot.clone(), path, arguments, piped),
            Operand::Chain(operand, path) => {
                let start = self.chain_start(dot, operand)?;
                self.path(dot, start, path, arguments, piped)
            }
            Operand::Variable(name, path) if !path.is_empty() => {
                let start = self.variable(name)?;
                self.path(dot, start, path, arguments, piped)
            }
            first => {
                if !arguments.is_empty() || piped.is_some() {
                    return Err(Cause::evaluation("can't give argument to non-function"));
                }
                match first {
                    Operand::Bool(value) => Ok(Value::Bool(*value)),
                    Operand::Dot => Ok(dot.clone()),
                    Operand::Number(number) => ideal(number),
                    Operand::Text(text) => Ok(Value::Text(text.clone())),
                    Operand::Variable(name, _) => self.variable(name),
                    Operand::Pipe(pipe) => self.nested(dot, pipe),
                    _ => Err(Cause::evaluation("nil is not a command")),
                }
            }
        }
    }

    /// A pipeline in parentheses.
    pub(super) fn nested(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<Value> {
        self.engine.budget().descend()?;
        let value = self.pipe(dot, pipe)?;
        self.engine.budget().ascend();
        Ok(value)
    }

    /// What a chain of fields starts from: a parenthesized pipeline, or a function without arguments.
    pub(super) fn chain_start(&mut self, dot: &Value, operand: &'t Operand) -> Result<Value> {
        match operand {
            Operand::Pipe(pipe) => self.nested(dot, pipe),
            Operand::Function(function) => self.call(dot, &Callee::Function(function), &[], None),
            _ => Err(Cause::evaluation("indirection through explicit nil")),
        }
    }
}
