//! Functions that select items of lists, by position or by value.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::numbers::cast::to_int;
use crate::functions::signature::{Function, Type, any, listed, rest};
use crate::value::{Elem, List, Value, deep_equal};

use Type::Any;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("first", &[Any], first),
    Function::new("mustFirst", &[Any], first),
    Function::new("last", &[Any], last),
    Function::new("mustLast", &[Any], last),
    Function::new("rest", &[Any], tail),
    Function::new("mustRest", &[Any], tail),
    Function::new("initial", &[Any], initial),
    Function::new("mustInitial", &[Any], initial),
    Function::new("compact", &[Any], compact),
    Function::new("mustCompact", &[Any], compact),
    Function::new("uniq", &[Any], unique),
    Function::new("mustUniq", &[Any], unique),
    Function::variadic("without", &[Any], Any, without),
    Function::variadic("mustWithout", &[Any], Any, without),
    Function::new("has", &[Any, Any], has),
    Function::new("mustHas", &[Any, Any], has),
    Function::variadic("slice", &[Any], Any, slice),
    Function::variadic("mustSlice", &[Any], Any, slice),
];

fn first(_: &Engine<'_>, values: &[Value]) -> Result<Value> {
    Ok(listed(any(values, 0))?.items().first().cloned().unwrap_or(Value::Nil))
}

fn last(_: &Engine<'_>, values: &[Value]) -> Result<Value> {
    Ok(listed(any(values, 0))?.items().last().cloned().unwrap_or(Value::Nil))
}

fn tail(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    match list.items().split_first() {
        Some((_, tail)) => engine.list(Elem::Any, tail.to_vec()),
        None => Ok(Value::List(List::nil(Elem::Any))),
    }
}

fn initial(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    match list.items().split_last() {
        Some((_, initial)) => engine.list(Elem::Any, initial.to_vec()),
        None => Ok(Value::List(List::nil(Elem::Any))),
    }
}

fn compact(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    let items = list.items().iter().filter(|item| item.truth()).cloned().collect();
    engine.list(Elem::Any, items)
}

fn contains(engine: &Engine<'_>, items: &[Value], wanted: &Value) -> Result<bool> {
    for item in items {
        if deep_equal(engine.budget(), wanted, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unique(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    let mut found: Vec<Value> = Vec::new();
    for item in list.items().iter() {
        if !contains(engine, &found, item)? {
            found.push(item.clone());
        }
    }
    engine.list(Elem::Any, found)
}

fn without(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    let mut kept = Vec::new();
    for item in list.items().iter() {
        if !contains(engine, rest(values, 1), item)? {
            kept.push(item.clone());
        }
    }
    engine.list(Elem::Any, kept)
}

fn has(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    if any(values, 1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let list = listed(any(values, 1))?;
    Ok(Value::Bool(contains(engine, &list.items(), any(values, 0))?))
}

fn slice(_: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    if list.len() == 0 {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, otherwise: usize| match values.get(index) {
        None => Ok(otherwise),
        Some(value) => {
            usize::try_from(to_int(value)).map_err(|_| Cause::evaluation("slice bounds out of range"))
        }
    };
    let (start, end) = (bound(1, 0)?, bound(2, list.len())?);
    if start > end || end > list.capacity() {
        return Err(Cause::evaluation("slice bounds out of range"));
    }
    Ok(Value::List(list.window(start, end)))
}
