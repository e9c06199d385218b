//! `index`, `len` and `call`. Go's `slice` is not here: sprig's takes its name.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, rest};
use crate::value::{Elem, IntKind, Map, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("index", &[Type::Any], Type::Any, |engine, values| {
        let mut item = any(values, 0).clone();
        if item.is_nil() {
            return Err(Cause::evaluation("index of untyped nil"));
        }
        for key in rest(values, 1) {
            item = at(engine, &item, key)?;
        }
        Ok(item)
    }),
    Function::new("len", &[Type::Any], |_, values| match any(values, 0) {
        Value::Text(text) => Ok(Value::length(text.len())),
        Value::List(list) => Ok(Value::length(list.len())),
        Value::Map(map) => Ok(Value::length(map.len())),
        other => Err(Cause::evaluation(format!("len of type {}", other.type_name()))),
    }),
    // No value here is a function.
    Function::variadic("call", &[Type::Any], Type::Any, |_, values| {
        Err(Cause::evaluation(format!("call of a {}, which is no function", any(values, 0).type_name())))
    }),
];

fn at(engine: &Engine<'_>, item: &Value, key: &Value) -> Result<Value> {
    match item {
        Value::Text(text) => {
            let index = position(key, text.len())?;
            Ok(Value::Int(IntKind::Uint8, i64::from(text[index])))
        }
        Value::List(list) => {
            let index = position(key, list.len())?;
            list.get(index).ok_or_else(|| Cause::evaluation("index out of range"))
        }
        Value::Map(map) => match key {
            Value::Text(name) => Ok(map.get(engine.budget(), name)?.unwrap_or_else(|| absent(map))),
            Value::Nil => Err(Cause::evaluation("value is nil; should be of type string")),
            other => {
                Err(Cause::evaluation(format!("value has type {}; should be string", other.type_name())))
            }
        },
        Value::NilInterface => Err(Cause::evaluation("index of nil pointer")),
        other => Err(Cause::evaluation(format!("can't index item of type {}", other.type_name()))),
    }
}

/// What a map gives for an absent key: the zero value of its element type.
fn absent(map: &Map) -> Value {
    match map.elem() {
        Elem::Text => Value::Text(crate::text::Text::new(Vec::new().into())),
        _ => Value::NilInterface,
    }
}

fn position(key: &Value, length: usize) -> Result<usize> {
    match key {
        Value::Int(_, number) => match usize::try_from(*number) {
            Ok(index) if index < length => Ok(index),
            _ => Err(Cause::evaluation("index out of range")),
        },
        Value::Nil => Err(Cause::evaluation("cannot index slice/array with nil")),
        other => Err(Cause::evaluation(format!("cannot index slice/array with type {}", other.type_name()))),
    }
}
