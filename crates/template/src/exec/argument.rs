//! Arguments: each is evaluated for the type of the parameter it goes to, and must be of it.

use super::Execution;
use super::call::Callee;
use super::pipeline::ideal;
use crate::error::{Fault, Result};
use crate::functions::Type;
use crate::syntax::{Number, Operand};
use crate::value::{Elem, IntKind, List, Map, Value};

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

fn mismatch(wanted: Type, value: &Value) -> Fault {
    Fault::evaluation(format!("wrong type for value; expected {}; got {}", wanted.name(), value.type_name()))
}

fn nil(wanted: Type) -> Result<Value> {
    match wanted {
        Type::Any => Ok(Value::Nil),
        Type::Map => Ok(Value::Map(Map::nil())),
        Type::List => Ok(Value::List(List::nil(Elem::Any))),
        other => Err(Fault::evaluation(format!("nil is no {}", other.name()))),
    }
}

fn constant(wanted: Type, value: &Value) -> Result<Value> {
    match (wanted, value) {
        (Type::Any, _) | (Type::Bool, Value::Bool(_)) | (Type::Text, Value::Text(_)) => Ok(value.clone()),
        _ => Err(mismatch(wanted, value)),
    }
}

fn numeric(wanted: Type, number: &Number) -> Result<Value> {
    let refused = || Fault::evaluation(format!("expected {}; found another number", wanted.name()));
    match wanted {
        Type::Any => ideal(number),
        Type::Int => number.int.map(Value::int).ok_or_else(refused),
        Type::Duration => number.int.map(|int| Value::Int(IntKind::Duration, int)).ok_or_else(refused),
        // As in Go, what does not fit is cut off.
        Type::Uint32 => {
            number.uint.map(|uint| Value::int((uint & 0xffff_ffff).cast_signed())).ok_or_else(refused)
        }
        Type::Float => Ok(Value::Float(number.float)),
        _ => Err(Fault::evaluation(format!("expected {}; found a number", wanted.name()))),
    }
}

/// The value, if it is of the wanted type.
pub(super) fn checked(wanted: Type, value: Value) -> Result<Value> {
    let fits = match (wanted, &value) {
        (Type::Any, _) => return Ok(value.settled()),
        (_, Value::Nil) => return nil(wanted),
        (Type::Text, Value::Text(_))
        | (Type::Int, Value::Int(IntKind::Int, _))
        | (Type::Duration, Value::Int(IntKind::Duration, _))
        | (Type::Float, Value::Float(_))
        | (Type::Bool, Value::Bool(_))
        | (Type::Time, Value::Time(_))
        | (Type::Certificate, Value::Certificate(_)) => true,
        (Type::Version, Value::Version(version)) => version.is_pointer(),
        (Type::Map, Value::Map(map)) => map.elem() == Elem::Any,
        (Type::List, Value::List(list)) => list.elem() == Elem::Any,
        _ => false,
    };
    if fits { Ok(value) } else { Err(mismatch(wanted, &value)) }
}
