//! Functions of lists: create, extend, join, cut into chunks.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, int, listed, rest};
use crate::value::{Elem, List, Value};

use Type::{Any, Int};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("list", &[], Any, list),
    Function::variadic("tuple", &[], Any, list),
    Function::new("append", &[Any, Any], append),
    Function::new("push", &[Any, Any], append),
    Function::new("mustAppend", &[Any, Any], append),
    Function::new("mustPush", &[Any, Any], append),
    Function::new("prepend", &[Any, Any], prepend),
    Function::new("mustPrepend", &[Any, Any], prepend),
    Function::variadic("concat", &[], Any, |engine, values| {
        let mut items = Vec::new();
        for value in values {
            let list = listed(value)?;
            engine.collects(list.len())?;
            items.extend(list.items().iter().cloned());
        }
        if items.is_empty() { Ok(Value::List(List::nil(Elem::Any))) } else { engine.list(Elem::Any, items) }
    }),
    Function::new("reverse", &[Any], reverse),
    Function::new("mustReverse", &[Any], reverse),
    Function::new("chunk", &[Int, Any], chunk),
    Function::new("mustChunk", &[Int, Any], chunk),
];

fn list(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    if values.is_empty() {
        return engine.list(Elem::Any, Vec::new());
    }
    engine.list(Elem::Any, values.to_vec())
}

fn append(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len() + 1)?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.extend(list.items().iter().cloned());
    items.extend(rest(values, 1).iter().cloned());
    engine.list(Elem::Any, items)
}

fn prepend(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len() + 1)?;
    let mut items = Vec::with_capacity(list.len() + 1);
    items.push(any(values, 1).clone());
    items.extend(list.items().iter().cloned());
    engine.list(Elem::Any, items)
}

fn reverse(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 0))?;
    engine.collects(list.len())?;
    let mut items = list.items().to_vec();
    items.reverse();
    engine.list(Elem::Any, items)
}

fn chunk(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let list = listed(any(values, 1))?;
    engine.collects(list.len())?;
    let items = list.items().to_vec();
    let chunks = match usize::try_from(int(values, 0)) {
        Ok(0) => return Err(Cause::evaluation("chunks of no size")),
        Ok(size) => {
            let mut chunks = Vec::new();
            for part in items.chunks(size) {
                chunks.push(engine.list(Elem::Any, part.to_vec())?);
            }
            chunks
        }
        // What sprig's arithmetic gives for a negative size: one item is one chunk, and a few items are no chunk.
        Err(_) if items.len() == 1 => vec![engine.list(Elem::Any, items)?],
        Err(_) if items.len() > 1 && items.len() as u64 - 1 <= int(values, 0).unsigned_abs() => Vec::new(),
        Err(_) => return Err(Cause::evaluation("chunks of negative size")),
    };
    engine.list(Elem::List, chunks)
}
