//! Arguments: each is evaluated for the type of its parameter.

use super::call::Callee;
use super::convert::{checked, constant, nil, numeric};
use super::execution::Execution;
use crate::error::Result;
use crate::functions::Type;
use crate::syntax::Operand;
use crate::value::Value;

impl<'t> Execution<'t, '_> {
    pub(super) fn argument(&mut self, dot: &Value, wanted: Type, operand: &'t Operand) -> Result<Value> {
        let value = match operand {
            Operand::Nil => return nil(wanted),
            Operand::Bool(value) => return constant(wanted, &Value::Bool(*value)),
            Operand::Text(text) => return constant(wanted, &Value::Text(text.clone())),
            Operand::Number(number) => return numeric(wanted, number),
            Operand::Dot => dot.clone(),
            Operand::Field(path) => self.path(dot, dot.clone(), path, &[], None)?,
            Operand::Variable(name, path) => {
                let start = self.variable(name)?;
                if path.is_empty() { start } else { self.path(dot, start, path, &[], None)? }
            }
            Operand::Pipe(pipe) => self.nested(dot, pipe)?,
            Operand::Function(function) => self.call(dot, &Callee::Function(function), &[], None)?,
            Operand::Chain(operand, path) => {
                let start = self.chain_start(dot, operand)?;
                self.path(dot, start, path, &[], None)?
            }
        };
        checked(wanted, value)
    }
}
