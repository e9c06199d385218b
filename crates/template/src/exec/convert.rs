//! Converts values to the types of parameters, by the rules of Go's reflection.

use crate::error::{Cause, Result};
use crate::functions::Type;
use crate::syntax::Number;
use crate::value::{Elem, IntKind, List, Map, Value};

fn mismatch(wanted: Type, value: &Value) -> Cause {
    Cause::evaluation(format!("wrong type for value; expected {}; got {}", wanted.name(), value.type_name()))
}

/// Nil, as a parameter of that type takes it.
pub(super) fn nil(wanted: Type) -> Result<Value> {
    match wanted {
        Type::Any => Ok(Value::Nil),
        Type::Map => Ok(Value::Map(Map::nil())),
        Type::List => Ok(Value::List(List::nil(Elem::Any))),
        other => Err(Cause::evaluation(format!("nil is no {}", other.name()))),
    }
}

/// A constant, if it is of the wanted type.
pub(super) fn constant(wanted: Type, value: &Value) -> Result<Value> {
    match (wanted, value) {
        (Type::Any, _) | (Type::Bool, Value::Bool(_)) | (Type::Text, Value::Text(_)) => Ok(value.clone()),
        _ => Err(mismatch(wanted, value)),
    }
}

/// A number literal, as the wanted type has it.
pub(super) fn numeric(wanted: Type, number: &Number) -> Result<Value> {
    let refused = || Cause::evaluation(format!("expected {}; found another number", wanted.name()));
    match wanted {
        Type::Any => ideal(number),
        Type::Int => number.int.map(Value::int).ok_or_else(refused),
        Type::Duration => number.int.map(|int| Value::Int(IntKind::Duration, int)).ok_or_else(refused),
        // As in Go, higher bits are dropped.
        Type::Uint32 => {
            number.uint.map(|uint| Value::int((uint & 0xffff_ffff).cast_signed())).ok_or_else(refused)
        }
        Type::Float => Ok(Value::Float(number.float)),
        _ => Err(Cause::evaluation(format!("expected {}; found a number", wanted.name()))),
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

/// A number literal in a context without a type: an `int` or a `float64`.
pub(super) fn ideal(number: &Number) -> Result<Value> {
    if number.written_as_float {
        return Ok(Value::Float(number.float));
    }
    number.int.map(Value::int).ok_or_else(|| Cause::evaluation("a number overflows int"))
}
