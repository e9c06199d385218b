//! Deep equality, as `reflect.DeepEqual` has it: equal types, and equal items at every level.

use super::Value;
use crate::error::Result;
use crate::limits::Budget;

/// Whether the values are deeply equal.
pub(crate) fn deep_equal(budget: &Budget, a: &Value, b: &Value) -> Result<bool> {
    equal(budget, a, b, 0)
}

#[expect(clippy::float_cmp, reason = "Go compares them exactly")]
fn equal(budget: &Budget, a: &Value, b: &Value, depth: usize) -> Result<bool> {
    budget.steps(1)?;
    budget.nested(depth)?;
    if a.type_name() != b.type_name() {
        return Ok(false);
    }
    Ok(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(_, a), Value::Int(_, b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => {
            budget.read(a.len(), 1)?;
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
                    && !equal(budget, &a, &b, depth + 1)?
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
            for (key, value) in a.entries(budget)? {
                match b.get(budget, &key)? {
                    Some(other) if equal(budget, &value, &other, depth + 1)? => {}
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
