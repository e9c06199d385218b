//! Calls of functions and methods.

use super::convert::checked;
use super::execution::Execution;
use crate::error::{Cause, Result};
use crate::functions::{Function, Type};
use crate::syntax::Operand;
use crate::value::Value;

/// What is called.
pub(super) enum Callee {
    Function(&'static Function),
    Method(&'static Function, Value),
}

impl<'t> Execution<'t, '_> {
    pub(super) fn call(
        &mut self,
        dot: &Value,
        callee: &Callee,
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Value> {
        let (Callee::Function(function) | Callee::Method(function, _)) = callee;
        let given = arguments.len() + usize::from(piped.is_some());
        let fixed = function.parameters.len();
        if given < fixed || given > fixed && function.rest.is_none() {
            let least = if function.rest.is_some() { "at least " } else { "" };
            return Err(Cause::evaluation(format!(
                "wrong number of args for {}: want {least}{fixed} got {given}",
                function.name
            )));
        }
        self.engine.budget().steps(1)?;
        if matches!(function.name, "and" | "or") {
            return self.short_circuit(dot, function.name == "or", arguments, piped);
        }
        let wanted =
            |index: usize| function.parameters.get(index).copied().or(function.rest).unwrap_or(Type::Any);
        let mut values = Vec::with_capacity(given + 1);
        if let Callee::Method(_, receiver) = callee {
            values.push(receiver.clone());
        }
        self.engine.budget().descend()?;
        for (index, argument) in arguments.iter().enumerate() {
            let value = self.argument(dot, wanted(index), argument).map_err(|f| f.within(function.name))?;
            values.push(value);
        }
        self.engine.budget().ascend();
        if let Some(value) = piped {
            values.push(checked(wanted(arguments.len()), value).map_err(|f| f.within(function.name))?);
        }
        self.charge(&values)?;
        let given = (function.run)(self.engine, &values);
        given.map_err(|cause| written_out(function, arguments).unwrap_or(cause).within(function.name))
    }

    /// Pays for the texts and lists that a function is given, by their length, because it reads them.
    fn charge(&self, values: &[Value]) -> Result<()> {
        for value in values {
            match value {
                Value::Text(text) => self.engine.budget().read(text.len(), 1)?,
                Value::List(list) => self.engine.budget().steps(list.len() / 4)?,
                // The access to a map by key or by entry pays for itself.
                _ => {}
            }
        }
        Ok(())
    }

    /// `and` and `or`, which stop at the first argument that decides.
    fn short_circuit(
        &mut self,
        dot: &Value,
        is_or: bool,
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Value> {
        self.engine.budget().descend()?;
        let mut value = Value::Nil;
        let mut decided = false;
        for argument in arguments {
            value = self.argument(dot, Type::Any, argument)?;
            decided = value.truth() == is_or;
            if decided {
                break;
            }
        }
        self.engine.budget().ascend();
        Ok(if decided { value } else { piped.unwrap_or(value) })
    }
}

/// The message of `fail`, if it is a literal. A literal is part of the template, so it holds no value.
fn written_out(function: &Function, arguments: &[Operand]) -> Option<Cause> {
    match arguments {
        [Operand::Text(message)] if function.name == "fail" => {
            Some(Cause::evaluation(String::from_utf8_lossy(message).into_owned()))
        }
        _ => None,
    }
}
