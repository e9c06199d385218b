//! Conversions to numbers, and sequences of numbers.

use super::cast::{to_float, to_int};
use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, any, int, text};
use crate::packages::strconv::parse_int;
use crate::print::text_of;
use crate::value::{Elem, Value};

use Type::{Any, Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("atoi", &[Text], |_, values| {
        let number = str::from_utf8(text(values, 0)).ok().and_then(|digits| {
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                // Sprig ignores the error for a number out of range, and takes the nearest number.
                let end = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
                Some(parse_int(digits, 10).unwrap_or(end))
            } else {
                None
            }
        });
        Ok(Value::int(number.unwrap_or(0)))
    }),
    Function::new("int", &[Any], |_, values| Ok(Value::int(to_int(any(values, 0))))),
    Function::new("int64", &[Any], |_, values| Ok(Value::int64(to_int(any(values, 0))))),
    Function::new("float64", &[Any], |_, values| Ok(Value::Float(to_float(any(values, 0))))),
    Function::new("toDecimal", &[Any], |engine, values| {
        let text = text_of(engine, any(values, 0))?;
        let octal = str::from_utf8(&text).ok().and_then(|text| parse_int(text, 8));
        Ok(Value::int64(octal.unwrap_or(0)))
    }),
    Function::new("until", &[Int], |engine, values| {
        let count = int(values, 0);
        run(engine, 0, count, if count < 0 { -1 } else { 1 })
    }),
    Function::new("untilStep", &[Int, Int, Int], |engine, values| {
        run(engine, int(values, 0), int(values, 1), int(values, 2))
    }),
    Function::variadic("seq", &[], Int, seq),
];

/// The numbers from `start` to before `stop`; none if the step leads away from it.
fn numbers(engine: &Engine<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>> {
    if step == 0 || (stop < start) != (step < 0) {
        return Ok(Vec::new());
    }
    let distance = (i128::from(stop) - i128::from(start)).unsigned_abs();
    let size = u128::from(step.unsigned_abs());
    let count = usize::try_from(distance.div_ceil(size)).unwrap_or(usize::MAX);
    engine.budget().memory(count.saturating_mul(8))?;
    engine.budget().steps(count / 8)?;
    let mut numbers = Vec::with_capacity(count);
    let mut number = start;
    for _ in 0..count {
        numbers.push(number);
        number = number.wrapping_add(step);
    }
    Ok(numbers)
}

fn run(engine: &Engine<'_>, start: i64, stop: i64, step: i64) -> Result<Value> {
    let numbers = numbers(engine, start, stop, step)?;
    engine.budget().memory(numbers.len() * size_of::<Value>())?;
    engine.list(Elem::Int, numbers.into_iter().map(Value::int).collect())
}

/// As `seq` of a shell: `seq last`, `seq first last`, `seq first step last`, with the last included.
fn seq(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let (start, step, end) = match values.len() {
        1 => (1, None, int(values, 0)),
        2 => (int(values, 0), None, int(values, 1)),
        3 => (int(values, 0), Some(int(values, 1)), int(values, 2)),
        _ => return engine.text(""),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return engine.text("");
    }
    let mut out = engine.buffer();
    for number in numbers(engine, start, end.saturating_add(direction), step.unwrap_or(direction))? {
        if !out.is_empty() {
            out.push(b" ")?;
        }
        out.push_str(&number.to_string())?;
    }
    engine.finish(out)
}
