//! Fields: keys of maps, fields of structs, methods.

use super::call::Callee;
use super::execution::Execution;
use crate::error::{Cause, Result};
use crate::functions;
use crate::syntax::Operand;
use crate::value::{Value, certificate_fields};

impl<'t> Execution<'t, '_> {
    /// Follows a path of names. The arguments go to the last.
    pub(super) fn path(
        &mut self,
        dot: &Value,
        start: Value,
        path: &'t [String],
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Value> {
        self.engine.budget().steps(path.len())?;
        let Some((last, before)) = path.split_last() else { return Ok(start) };
        let mut receiver = start;
        for name in before {
            receiver = self.field(dot, receiver, name, &[], None)?;
        }
        self.field(dot, receiver, last, arguments, piped)
    }

    fn field(
        &mut self,
        dot: &Value,
        receiver: Value,
        name: &str,
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Value> {
        match &receiver {
            Value::Nil => return Ok(Value::Nil),
            Value::NilInterface => {
                return Err(Cause::evaluation(format!("nil pointer evaluating interface {{}}.{name}")));
            }
            _ => {}
        }
        if let Some(method) = functions::find_method(&receiver, name) {
            return self.call(dot, &Callee::Method(method, receiver), arguments, piped);
        }
        let has_arguments = !arguments.is_empty() || piped.is_some();
        let found = match &receiver {
            Value::Map(map) => Some(map.get(self.engine.budget(), name.as_bytes())?.unwrap_or(Value::Nil)),
            Value::Certificate(certificate) => {
                let mut fields = certificate_fields(certificate).into_iter();
                fields.find_map(|(field, value)| (field == name).then_some(value))
            }
            _ => None,
        };
        match found {
            Some(_) if has_arguments => {
                Err(Cause::evaluation(format!("{name} is not a method but has arguments")))
            }
            Some(value) => Ok(value),
            None => Err(Cause::evaluation(format!(
                "can't evaluate field {name} in type {}",
                receiver.type_name()
            ))),
        }
    }
}
