//! Arithmetic: on 64-bit integers, which wrap, and on exact decimals, whose results are floats.

use super::cast::{to_float, to_int};
use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, int, rest};
use crate::value::Value;
use num_bigint::{BigInt, Sign};

use Type::{Any, Float, Int};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("add1", &[Any], |_, values| Ok(Value::int64(to_int(any(values, 0)).wrapping_add(1)))),
    Function::variadic("add", &[], Any, |_, values| {
        Ok(Value::int64(values.iter().fold(0, |sum, value| sum.wrapping_add(to_int(value)))))
    }),
    Function::new("sub", &[Any, Any], |_, values| {
        Ok(Value::int64(to_int(any(values, 0)).wrapping_sub(to_int(any(values, 1)))))
    }),
    Function::new("div", &[Any, Any], |_, values| {
        let (a, b) = (to_int(any(values, 0)), to_int(any(values, 1)));
        if b == 0 { Err(by_zero()) } else { Ok(Value::int64(a.wrapping_div(b))) }
    }),
    Function::new("mod", &[Any, Any], |_, values| {
        let (a, b) = (to_int(any(values, 0)), to_int(any(values, 1)));
        if b == 0 { Err(by_zero()) } else { Ok(Value::int64(a.wrapping_rem(b))) }
    }),
    Function::variadic("mul", &[Any], Any, |_, values| {
        Ok(Value::int64(values.iter().fold(1, |product, value| product.wrapping_mul(to_int(value)))))
    }),
    Function::variadic("max", &[Any], Any, |_, values| Ok(extreme(values, i64::max))),
    Function::variadic("biggest", &[Any], Any, |_, values| Ok(extreme(values, i64::max))),
    Function::variadic("min", &[Any], Any, |_, values| Ok(extreme(values, i64::min))),
    Function::variadic("maxf", &[Any], Any, |_, values| Ok(extreme_float(values, f64::max))),
    Function::variadic("minf", &[Any], Any, |_, values| Ok(extreme_float(values, f64::min))),
    Function::new("floor", &[Any], |_, values| Ok(Value::Float(to_float(any(values, 0)).floor()))),
    Function::new("ceil", &[Any], |_, values| Ok(Value::Float(to_float(any(values, 0)).ceil()))),
    Function::variadic("round", &[Any, Int], Float, |_, values| Ok(Value::Float(round(values)))),
    Function::new("add1f", &[Any], |engine, values| {
        decimals(engine, any(values, 0), &[Value::int(1)], |a, b| Ok(a.add(&b)))
    }),
    Function::variadic("addf", &[], Any, |engine, values| {
        decimals(engine, &Value::int(0), values, |a, b| Ok(a.add(&b)))
    }),
    Function::variadic("subf", &[Any], Any, |engine, values| {
        decimals(engine, any(values, 0), rest(values, 1), |a, b| Ok(a.add(&b.negated())))
    }),
    Function::variadic("mulf", &[Any], Any, |engine, values| {
        decimals(engine, any(values, 0), rest(values, 1), |a, b| Ok(a.multiply(&b)))
    }),
    Function::variadic("divf", &[Any], Any, |engine, values| {
        decimals(engine, any(values, 0), rest(values, 1), |a, b| a.divide(&b))
    }),
];

fn by_zero() -> Cause {
    Cause::evaluation("division by zero")
}

fn extreme(values: &[Value], choose: fn(i64, i64) -> i64) -> Value {
    Value::int64(values.iter().map(to_int).reduce(choose).unwrap_or(0))
}

fn extreme_float(values: &[Value], choose: fn(f64, f64) -> f64) -> Value {
    let choose = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { choose(a, b) };
    Value::Float(values.iter().map(to_float).reduce(choose).unwrap_or(0.0))
}

/// As sprig rounds: half up for positive numbers, and down for negative ones.
fn round(values: &[Value]) -> f64 {
    let up_from = match values.get(2) {
        Some(Value::Float(limit)) => *limit,
        _ => 0.5,
    };
    let places = i32::try_from(int(values, 1).clamp(-400, 400)).unwrap_or(0);
    let scale = 10f64.powi(places);
    let scaled = scale * to_float(any(values, 0));
    let rounded = if scaled.fract() >= up_from { scaled.ceil() } else { scaled.floor() };
    rounded / scale
}

/// `digits` times ten to the `exponent`.
struct Decimal {
    digits: BigInt,
    exponent: i32,
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

impl Decimal {
    /// The shortest decimal that reads back as the float.
    fn of(number: f64) -> Option<Self> {
        let text = number.is_finite().then(|| format!("{number:e}"))?;
        let (mantissa, exponent) = text.split_once('e')?;
        let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction).ok()?;
        Some(Self { digits: mantissa.replace('.', "").parse().ok()?, exponent })
    }

    fn negated(&self) -> Self {
        Self { digits: -&self.digits, exponent: self.exponent }
    }

    fn add(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let scaled = |number: &Self| &number.digits * power_of_ten(number.exponent.abs_diff(exponent));
        Self { digits: scaled(self) + scaled(other), exponent }
    }

    fn multiply(&self, other: &Self) -> Self {
        Self { digits: &self.digits * &other.digits, exponent: self.exponent + other.exponent }
    }

    /// To sixteen places, half away from zero.
    fn divide(&self, other: &Self) -> Result<Self> {
        if other.digits.sign() == Sign::NoSign {
            return Err(by_zero());
        }
        let scale = self.exponent - other.exponent + 16;
        let shift = power_of_ten(scale.unsigned_abs());
        let (dividend, divisor) = if scale >= 0 {
            (&self.digits * shift, other.digits.clone())
        } else {
            (self.digits.clone(), &other.digits * shift)
        };
        let quotient = &dividend / &divisor;
        let remainder = &dividend - &quotient * &divisor;
        let away = (BigInt::from(2) * remainder).magnitude() >= divisor.magnitude();
        let step = match (away, dividend.sign() == divisor.sign()) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => -1,
        };
        Ok(Self { digits: quotient + step, exponent: -16 })
    }
}

fn decimals(
    engine: &Engine<'_>,
    first: &Value,
    others: &[Value],
    operation: fn(Decimal, Decimal) -> Result<Decimal>,
) -> Result<Value> {
    let decimal =
        |value: &Value| Decimal::of(to_float(value)).ok_or_else(|| Cause::evaluation("not a finite number"));
    let mut result = decimal(first)?;
    for other in others {
        engine.budget().steps(1 + usize::try_from(result.digits.bits() / 64).unwrap_or(usize::MAX))?;
        result = operation(result, decimal(other)?)?;
    }
    let text = format!("{}e{}", result.digits, result.exponent);
    Ok(Value::Float(text.parse().unwrap_or(0.0)))
}
