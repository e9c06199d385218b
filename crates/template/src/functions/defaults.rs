//! Functions that choose between values or copy them, and `fail`.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any};
use crate::packages::semver::Version;
use crate::value::{List, Map, Value};
use std::rc::Rc;

use Type::{Any, Bool, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("default", &[Any], Any, |_, values| {
        let given = any(values, 1);
        Ok(if given.truth() { given.clone() } else { any(values, 0).clone() })
    }),
    Function::new("empty", &[Any], |_, values| Ok(Value::Bool(!any(values, 0).truth()))),
    Function::variadic("coalesce", &[], Any, |_, values| {
        Ok(values.iter().find(|value| value.truth()).cloned().unwrap_or(Value::Nil))
    }),
    Function::variadic("all", &[], Any, |_, values| Ok(Value::Bool(values.iter().all(Value::truth)))),
    Function::variadic("any", &[], Any, |_, values| Ok(Value::Bool(values.iter().any(Value::truth)))),
    Function::new("ternary", &[Any, Any, Bool], |_, values| {
        let chosen = usize::from(!any(values, 2).truth());
        Ok(any(values, chosen).clone())
    }),
    // The message may be made of values. `exec::call`, which sees whether it is a literal, replaces this error.
    Function::new("fail", &[Text], |_, _| {
        Err(Cause::evaluation("failed with a message that is not a literal in the template, and not shown"))
    }),
    Function::new("deepCopy", &[Any], |engine, values| copy(engine, any(values, 0), 0)),
    Function::new("mustDeepCopy", &[Any], |engine, values| copy(engine, any(values, 0), 0)),
];

fn copy(engine: &Engine<'_>, value: &Value, depth: usize) -> Result<Value> {
    engine.budget().steps(1)?;
    engine.budget().nested(depth)?;
    match value {
        Value::List(list) if list.is_nil() => Ok(Value::List(List::nil(list.elem()))),
        Value::List(list) => {
            // A list may hold itself, so each level is paid for before the next.
            engine.collects(list.len())?;
            let mut items = Vec::with_capacity(list.len());
            for item in list.items().iter() {
                items.push(copy(engine, item, depth + 1)?);
            }
            engine.list(list.elem(), items)
        }
        Value::Map(map) if map.is_nil() => Ok(Value::Map(Map::nil())),
        Value::Map(map) => {
            let copied = engine.map(map.elem())?;
            for (key, item) in map.entries(engine.budget())? {
                engine.put(&copied, key, copy(engine, &item, depth + 1)?)?;
            }
            Ok(Value::Map(copied))
        }
        // The library that sprig uses does not copy the fields of a version.
        Value::Version(_) => Ok(Value::Version(Rc::new(Version::default()))),
        Value::Nil if depth == 0 => Err(Cause::evaluation("there is nothing to copy")),
        other => Ok(other.clone()),
    }
}
