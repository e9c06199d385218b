//! `merge` and its variants, which change the first dict.
//!
//! The rules are those of the library that sprig uses: an empty value counts as absent, a list is copied whole, and a dict that both have
//! is merged.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, dict};
use crate::value::{Elem, Map as Dict, Value};

use Type::Map;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("merge", &[Map], Map, |engine, values| merged(engine, values, false)),
    Function::variadic("mustMerge", &[Map], Map, |engine, values| merged(engine, values, false)),
    Function::variadic("mergeOverwrite", &[Map], Map, |engine, values| merged(engine, values, true)),
    Function::variadic("mustMergeOverwrite", &[Map], Map, |engine, values| merged(engine, values, true)),
];

fn merged(engine: &Engine<'_>, values: &[Value], overwrite: bool) -> Result<Value> {
    let mut target = dict(values, 0)?.clone();
    for index in 1..values.len() {
        let source = dict(values, index)?;
        if target.is_nil() && !source.is_nil() {
            target = engine.map(Elem::Any)?;
        }
        merge(engine, &target, source, overwrite, 0)?;
    }
    Ok(Value::Map(target))
}

fn merge(engine: &Engine<'_>, target: &Dict, source: &Dict, overwrite: bool, depth: usize) -> Result<()> {
    engine.budget().nested(depth)?;
    engine.budget().steps(source.len())?;
    if target.elem() != source.elem() && source.len() > 0 {
        return Err(Cause::evaluation("dicts of different types do not merge"));
    }
    for (key, value) in source.entries(engine.budget())? {
        let there = target.get(engine.budget(), &key)?;
        if value.is_nil() {
            if overwrite {
                engine.put(target, key, Value::Nil)?;
            }
            continue;
        }
        if let (Value::Map(source), Some(Value::Map(target))) = (&value, &there) {
            merge(engine, target, source, overwrite, depth + 1)?;
        }
        let is_list = matches!(value, Value::List(_));
        // A list is copied if the target is empty, or if it overwrites.
        let replaces_list = is_list && (overwrite || target.len() == 0);
        if let Some(there) = &there
            && there.truth()
            && !replaces_list
            && (is_list || matches!((&value, there), (Value::Map(_), Value::Map(_))))
        {
            continue;
        }
        if overwrite || !there.is_some_and(|there| there.truth()) {
            engine.put(target, key, value)?;
        }
    }
    Ok(())
}
