//! Comparisons and `not`, with Go's rules on which types compare; and what type a value is of.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, rest, text};
use crate::value::{Value, deep_equal};
use std::cmp::Ordering;

pub(super) const FUNCTIONS: &[Function] = &[
    // `exec::call` evaluates these two itself, because they stop at the first argument that decides.
    Function::variadic("and", &[Type::Any], Type::Any, |_, values| Ok(any(values, 0).clone())),
    Function::variadic("or", &[Type::Any], Type::Any, |_, values| Ok(any(values, 0).clone())),
    Function::new("not", &[Type::Any], |_, values| Ok(Value::Bool(!any(values, 0).truth()))),
    Function::variadic("eq", &[Type::Any], Type::Any, |engine, values| {
        let others = rest(values, 1);
        if others.is_empty() {
            return Err(Cause::evaluation("missing argument for comparison"));
        }
        for other in others {
            if equal(engine, any(values, 0), other)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }),
    Function::new("ne", &[Type::Any, Type::Any], |engine, values| {
        Ok(Value::Bool(!equal(engine, any(values, 0), any(values, 1))?))
    }),
    Function::new("lt", &[Type::Any, Type::Any], |_, values| {
        Ok(Value::Bool(order(values)? == Some(Ordering::Less)))
    }),
    Function::new("le", &[Type::Any, Type::Any], |_, values| {
        Ok(Value::Bool(matches!(order(values)?, Some(Ordering::Less | Ordering::Equal))))
    }),
    Function::new("gt", &[Type::Any, Type::Any], |_, values| {
        // The opposite of less or equal, so that NaN is greater than any number, as in Go.
        Ok(Value::Bool(!matches!(order(values)?, Some(Ordering::Less | Ordering::Equal))))
    }),
    Function::new("ge", &[Type::Any, Type::Any], |_, values| {
        Ok(Value::Bool(order(values)? != Some(Ordering::Less)))
    }),
    Function::new("typeOf", &[Type::Any], |engine, values| engine.text(any(values, 0).type_name())),
    Function::new("typeIs", &[Type::Text, Type::Any], |_, values| {
        Ok(Value::Bool(text(values, 0) == any(values, 1).type_name().as_bytes()))
    }),
    Function::new("typeIsLike", &[Type::Text, Type::Any], |_, values| {
        let (wanted, name) = (text(values, 0), any(values, 1).type_name().as_bytes());
        Ok(Value::Bool(wanted == name || name.strip_prefix(b"*") == Some(wanted)))
    }),
    Function::new("kindOf", &[Type::Any], |engine, values| engine.text(any(values, 0).kind_name())),
    Function::new("kindIs", &[Type::Text, Type::Any], |_, values| {
        Ok(Value::Bool(text(values, 0) == any(values, 1).kind_name().as_bytes()))
    }),
    Function::new("deepEqual", &[Type::Any, Type::Any], |engine, values| {
        Ok(Value::Bool(deep_equal(engine.budget(), any(values, 0), any(values, 1))?))
    }),
];

fn incompatible(a: &Value, b: &Value) -> Cause {
    Cause::evaluation(format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()))
}

fn order_ints(a: &Value, b: &Value) -> Option<Ordering> {
    let (Value::Int(kind_a, a), Value::Int(kind_b, b)) = (a, b) else { return None };
    let wide = |unsigned: bool, number: i64| {
        if unsigned { i128::from(number.cast_unsigned()) } else { i128::from(number) }
    };
    Some(wide(kind_a.is_unsigned(), *a).cmp(&wide(kind_b.is_unsigned(), *b)))
}

#[expect(clippy::float_cmp, reason = "Go compares them exactly")]
fn equal(engine: &Engine<'_>, a: &Value, b: &Value) -> Result<bool> {
    engine.budget().steps(1)?;
    if let Some(order) = order_ints(a, b) {
        return Ok(order == Ordering::Equal);
    }
    Ok(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Nil, other) | (other, Value::Nil) => match other {
            Value::Nil => true,
            Value::List(list) => list.is_nil(),
            Value::Map(map) => map.is_nil(),
            _ => false,
        },
        (Value::List(a), Value::List(b)) if a.is_nil() || b.is_nil() => a.is_nil() && b.is_nil(),
        (Value::Map(a), Value::Map(b)) if a.is_nil() || b.is_nil() => a.is_nil() && b.is_nil(),
        (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Certificate(a), Value::Certificate(b)) => a == b,
        (Value::Version(a), Value::Version(b)) if a.is_pointer() == b.is_pointer() => {
            if a.is_pointer() {
                std::rc::Rc::ptr_eq(a, b)
            } else {
                a == b
            }
        }
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => {
            return Err(Cause::evaluation(format!("non-comparable type {}", a.type_name())));
        }
        // In Go, structs, lists and maps of different types fail in another place, but they fail.
        _ => return Err(incompatible(a, b)),
    })
}

/// The order of the two arguments. None if one is NaN.
fn order(values: &[Value]) -> Result<Option<Ordering>> {
    let (a, b) = (any(values, 0), any(values, 1));
    if let Some(order) = order_ints(a, b) {
        return Ok(Some(order));
    }
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => Ok(a.partial_cmp(b)),
        (Value::Text(a), Value::Text(b)) => Ok(Some(a.cmp(b))),
        (
            Value::Int(..) | Value::Float(_) | Value::Text(_),
            Value::Int(..) | Value::Float(_) | Value::Text(_),
        ) => Err(incompatible(a, b)),
        _ => Err(Cause::evaluation("invalid type for comparison")),
    }
}
