//! `dig`: a value deep in nested dicts.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type};
use crate::value::{Elem, Value};

pub(super) const FUNCTIONS: &[Function] = &[Function::variadic("dig", &[], Type::Any, dig)];

/// `dig "a" "b" default dict`.
fn dig(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let [keys @ .., default, dict] = values else { return Err(too_few()) };
    if keys.is_empty() {
        return Err(too_few());
    }
    let mut names = Vec::with_capacity(keys.len());
    for key in keys {
        let Value::Text(name) = key else { return Err(Cause::evaluation("a key is not a string")) };
        names.push(name);
    }
    let mut value = dict.clone();
    for name in names {
        let map = match &value {
            Value::Map(map) if map.elem() == Elem::Any => map,
            other => return Err(Cause::evaluation(format!("a {} is no dict", other.type_name()))),
        };
        let Some(found) = map.get(engine.budget(), name)? else { return Ok(default.clone()) };
        value = found;
    }
    Ok(value)
}

fn too_few() -> Cause {
    Cause::evaluation("needs at least three arguments")
}
