//! Deep equality, as Go's reflection has it: the same type, and the same all the way down.

use super::Value;
use crate::engine::Engine;
use crate::error::Result;

pub(crate) fn deep_equal(engine: &Engine<'_>, a: &Value, b: &Value) -> Result<bool> {
    equal(engine, a, b, 0)
}

#[expect(clippy::float_cmp, reason = "Go compares them exactly")]
fn equal(engine: &Engine<'_>, a: &Value, b: &Value, depth: usize) -> Result<bool> {
    engine.budget().steps(1)?;
    engine.budget().nested(depth)?;
    if a.type_name() != b.type_name() {
        return Ok(false);
    }
    Ok(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(_, a), Value::Int(_, b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => {
            engine.budget().read(a.len(), 1)?;
            a == b
        }
        (Value::List(a), Value::List(b)) => {
            if a.is_nil() != b.is_nil() || a.len() != b.len() {
                return Ok(false);
            }
            if a.same(b) {
                return Ok(true);
            }
            for index in 0..a.len() {
                if let (Some(a), Some(b)) = (a.get(index), b.get(index))
                    && !equal(engine, &a, &b, depth + 1)?
                {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.is_nil() != b.is_nil() || a.len() != b.len() {
                return Ok(false);
            }
            if a.same(b) {
                return Ok(true);
            }
            for (key, value) in a.entries(engine.budget())? {
                match b.get(engine.budget(), &key)? {
                    Some(other) if equal(engine, &value, &other, depth + 1)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Version(a), Value::Version(b)) => a == b,
        (Value::Certificate(a), Value::Certificate(b)) => a == b,
        _ => true,
    })
}
