//! Between strings and lists: split, join, sort.

use super::bytes::split;
use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, any, int, text};
use crate::limits::Budget;
use crate::print::text_of;
use crate::text::Text as Bytes;
use crate::value::{Elem, List, Value, comparisons};
use std::cmp::Ordering;
use zeroize::Zeroizing;

use Type::{Any, Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("split", &[Text, Text], |engine, values| {
        numbered(engine, &split(engine, text(values, 1), text(values, 0), usize::MAX)?)
    }),
    Function::new("splitn", &[Text, Int, Text], |engine, values| {
        let most = usize::try_from(int(values, 1)).unwrap_or(usize::MAX);
        numbered(engine, &split(engine, text(values, 2), text(values, 0), most)?)
    }),
    Function::new("splitList", &[Text, Text], |engine, values| {
        engine.texts(split(engine, text(values, 1), text(values, 0), usize::MAX)?)
    }),
    Function::new("toStrings", &[Any], |engine, values| Ok(Value::List(strings_of(engine, any(values, 0))?))),
    Function::new("join", &[Text, Any], |engine, values| {
        let mut out = engine.buffer();
        let list = strings_of(engine, any(values, 1))?;
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                out.push(text(values, 0))?;
            }
            if let Value::Text(text) = item {
                out.push(text)?;
            }
        }
        engine.finish(out)
    }),
    Function::new("sortAlpha", &[Any], |engine, values| {
        if !matches!(any(values, 0), Value::List(_)) {
            let only = Value::Text(text_of(engine, any(values, 0))?);
            return engine.list(Elem::Text, vec![only]);
        }
        // A list of strings is sorted in place, as in sprig.
        let list = strings_of(engine, any(values, 0))?;
        sort(engine.budget(), &list)?;
        Ok(Value::List(list))
    }),
];

/// `_0`, `_1`, …
fn numbered(engine: &Engine<'_>, parts: &[&[u8]]) -> Result<Value> {
    let map = engine.map(Elem::Text)?;
    for (index, part) in parts.iter().enumerate() {
        let key = Bytes::new(Zeroizing::new(format!("_{index}").into_bytes()));
        engine.put(&map, key, engine.text(*part)?)?;
    }
    Ok(Value::Map(map))
}

/// The value as a list of strings. A list of other items has them as text, without nils; any other value is a list of one.
fn strings_of(engine: &Engine<'_>, value: &Value) -> Result<List> {
    let items = match value {
        Value::List(list) if list.elem() == Elem::Text => return Ok(list.clone()),
        Value::List(list) => {
            engine.collects(list.len())?;
            let mut items = Vec::with_capacity(list.len());
            for item in list.items().iter().filter(|item| !item.is_nil()) {
                items.push(Value::Text(text_of(engine, item)?));
            }
            items
        }
        value if value.is_nil() => Vec::new(),
        value => vec![Value::Text(text_of(engine, value)?)],
    };
    match engine.list(Elem::Text, items)? {
        Value::List(list) => Ok(list),
        _ => Ok(List::nil(Elem::Text)),
    }
}

/// Puts the strings in order, in place. Each is compared with about as many others as the length of the list has bits.
fn sort(budget: &Budget, list: &List) -> Result<()> {
    budget.steps(list.len())?;
    for item in list.items().iter() {
        if let Value::Text(text) = item {
            budget.read(text.len(), comparisons(list.len()))?;
        }
    }
    list.sort_by(|a, b| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    });
    Ok(())
}
