//! Functions of dicts: create, read, change in place, pick entries.

use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, dict, text};
use crate::print::text_of;
use crate::text::Text as Bytes;
use crate::value::{Elem, Value, comparisons};

use Type::{Any, Map, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("dict", &[], Any, |engine, values| {
        let map = engine.map(Elem::Any)?;
        for pair in values.chunks(2) {
            let value = match pair.get(1) {
                Some(value) => value.clone(),
                None => engine.text("")?,
            };
            engine.put(&map, text_of(engine, any(pair, 0))?, value)?;
        }
        Ok(Value::Map(map))
    }),
    Function::new("get", &[Map, Text], |engine, values| {
        dict(values, 0)?.get(engine.budget(), text(values, 1))?.map_or_else(|| engine.text(""), Ok)
    }),
    Function::new("set", &[Map, Text, Any], |engine, values| {
        engine.put(dict(values, 0)?, key(values, 1)?, any(values, 2).clone())?;
        Ok(any(values, 0).clone())
    }),
    Function::new("unset", &[Map, Text], |engine, values| {
        dict(values, 0)?.remove(engine.budget(), text(values, 1))?;
        Ok(any(values, 0).clone())
    }),
    Function::new("hasKey", &[Map, Text], |engine, values| {
        Ok(Value::Bool(dict(values, 0)?.get(engine.budget(), text(values, 1))?.is_some()))
    }),
    Function::variadic("pluck", &[Text], Map, |engine, values| {
        let mut found = Vec::new();
        for index in 1..values.len() {
            found.extend(dict(values, index)?.get(engine.budget(), text(values, 0))?);
        }
        engine.list(Elem::Any, found)
    }),
    // In the order of the keys, where Go's order is random.
    Function::variadic("keys", &[], Map, |engine, values| {
        let mut keys = Vec::new();
        for index in 0..values.len() {
            let entries = dict(values, index)?.entries(engine.budget())?;
            engine.collects(entries.len())?;
            keys.extend(entries.into_iter().map(|(key, _)| Value::Text(key)));
        }
        engine.list(Elem::Text, keys)
    }),
    Function::new("values", &[Map], |engine, values| {
        let entries = dict(values, 0)?.entries(engine.budget())?;
        engine.list(Elem::Any, entries.into_iter().map(|(_, value)| value).collect())
    }),
    Function::variadic("pick", &[Map], Text, |engine, values| {
        let picked = engine.map(Elem::Any)?;
        for index in 1..values.len() {
            if let Some(value) = dict(values, 0)?.get(engine.budget(), text(values, index))? {
                engine.put(&picked, key(values, index)?, value)?;
            }
        }
        Ok(Value::Map(picked))
    }),
    Function::variadic("omit", &[Map], Text, |engine, values| {
        let kept = engine.map(Elem::Any)?;
        let mut names: Vec<&[u8]> = (1..values.len()).map(|index| text(values, index)).collect();
        for name in &names {
            engine.budget().read(name.len(), comparisons(names.len()))?;
        }
        names.sort_unstable();
        for (key, value) in dict(values, 0)?.entries(engine.budget())? {
            engine.budget().read(key.len(), comparisons(names.len()))?;
            if names.binary_search(&&*key).is_err() {
                engine.put(&kept, key, value)?;
            }
        }
        Ok(Value::Map(kept))
    }),
];

fn key(values: &[Value], index: usize) -> Result<Bytes> {
    match values.get(index) {
        Some(Value::Text(text)) => Ok(text.clone()),
        _ => Err(Cause::evaluation("not a key")),
    }
}
