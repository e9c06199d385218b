//! Methods of times, durations and versions, by Go's names.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, int, utf8};
use crate::packages::semver::{Version, is_metadata, is_prerelease};
use crate::packages::time::{Moment, Zone, format, rounded};
use crate::value::{IntKind, Value};
use jiff::Span;
use std::cmp::Ordering;
use std::rc::Rc;

/// The method of that name, if the value has it.
pub(crate) fn find_method(value: &Value, name: &str) -> Option<&'static Function> {
    let areas: &[&'static [Function]] = match value {
        Value::Time(_) => &[TIME],
        Value::Int(IntKind::Duration, _) => &[DURATION, NAMED],
        Value::Int(IntKind::Month | IntKind::Weekday, _) => &[NAMED],
        Value::Version(version) if version.is_pointer() => &[VERSION, VERSION_POINTER],
        Value::Version(_) => &[VERSION],
        _ => &[],
    };
    areas.iter().flat_map(|area| area.iter()).find(|method| method.name == name)
}

fn moment(values: &[Value], index: usize) -> Result<&Moment> {
    match any(values, index) {
        Value::Time(moment) => Ok(moment),
        _ => Err(Cause::evaluation("not a time")),
    }
}

const TIME: &[Function] = &[
    Function::new("Year", &[], |_, values| Ok(Value::int(moment(values, 0)?.civil().year().into()))),
    Function::new("Month", &[], |_, values| {
        Ok(Value::Int(IntKind::Month, moment(values, 0)?.civil().month().into()))
    }),
    Function::new("Day", &[], |_, values| Ok(Value::int(moment(values, 0)?.civil().day().into()))),
    Function::new("Hour", &[], |_, values| Ok(Value::int(moment(values, 0)?.civil().hour().into()))),
    Function::new("Minute", &[], |_, values| Ok(Value::int(moment(values, 0)?.civil().minute().into()))),
    Function::new("Second", &[], |_, values| Ok(Value::int(moment(values, 0)?.civil().second().into()))),
    Function::new("Nanosecond", &[], |_, values| {
        Ok(Value::int(moment(values, 0)?.civil().subsec_nanosecond().into()))
    }),
    Function::new("YearDay", &[], |_, values| {
        Ok(Value::int(moment(values, 0)?.civil().date().day_of_year().into()))
    }),
    Function::new("Weekday", &[], |_, values| {
        let day = moment(values, 0)?.civil().weekday().to_sunday_zero_offset();
        Ok(Value::Int(IntKind::Weekday, day.into()))
    }),
    Function::new("Unix", &[], |_, values| {
        Ok(Value::int64(
            moment(values, 0)?.time.as_nanosecond().div_euclid(1_000_000_000).try_into().unwrap_or(0),
        ))
    }),
    Function::new("UnixMilli", &[], |_, values| Ok(Value::int64(moment(values, 0)?.time.as_millisecond()))),
    Function::new("UnixMicro", &[], |_, values| Ok(Value::int64(moment(values, 0)?.time.as_microsecond()))),
    Function::new("UnixNano", &[], |_, values| {
        i64::try_from(moment(values, 0)?.time.as_nanosecond())
            .map(Value::int64)
            .map_err(|_| Cause::evaluation("the time is out of range"))
    }),
    Function::new("Format", &[Type::Text], |engine, values| {
        let layout = utf8(values, 1)?;
        engine.budget().memory(layout.len().saturating_mul(16))?;
        engine.text(format(moment(values, 0)?, layout))
    }),
    Function::new("String", &[], |engine, values| engine.text(moment(values, 0)?.to_string())),
    Function::new("UTC", &[], |_, values| Ok(Value::Time(Moment::utc(moment(values, 0)?.time)))),
    Function::new("Local", &[], |_, values| Ok(Value::Time(Moment::utc(moment(values, 0)?.time)))),
    Function::new("IsZero", &[], |_, values| Ok(Value::Bool(moment(values, 0)?.is_zero()))),
    Function::new("Before", &[Type::Time], |_, values| {
        Ok(Value::Bool(moment(values, 0)?.time < moment(values, 1)?.time))
    }),
    Function::new("After", &[Type::Time], |_, values| {
        Ok(Value::Bool(moment(values, 0)?.time > moment(values, 1)?.time))
    }),
    Function::new("Equal", &[Type::Time], |_, values| {
        Ok(Value::Bool(moment(values, 0)?.time == moment(values, 1)?.time))
    }),
    Function::new("Sub", &[Type::Time], |_, values| {
        Ok(Value::Int(IntKind::Duration, moment(values, 0)?.since(moment(values, 1)?)))
    }),
    Function::new("Add", &[Type::Duration], |_, values| {
        Ok(Value::Time(moment(values, 0)?.plus(int(values, 1))?))
    }),
    Function::new("AddDate", &[Type::Int, Type::Int, Type::Int], add_date),
];

/// `AddDate`: adds years and months by the calendar. A day beyond the end of the month continues in the next month.
fn add_date(_: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let moment = moment(values, 0)?;
    let out_of_range = || Cause::evaluation("the time is out of range");
    let civil = moment.civil();
    let months = int(values, 1)
        .checked_mul(12)
        .and_then(|months| months.checked_add(int(values, 2)))
        .and_then(|months| months.checked_add(i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1))
        .ok_or_else(out_of_range)?;
    let year = i16::try_from(months.div_euclid(12)).map_err(|_| out_of_range())?;
    let month = i8::try_from(months.rem_euclid(12) + 1).map_err(|_| out_of_range())?;
    let days = int(values, 3).checked_add(i64::from(civil.day()) - 1).ok_or_else(out_of_range)?;
    let first = jiff::civil::Date::new(year, month, 1).map_err(|_| out_of_range())?;
    let span = Span::new().try_days(days).map_err(|_| out_of_range())?;
    let date = first.checked_add(span).map_err(|_| out_of_range())?;
    let zone = match &moment.zone {
        Zone::Utc => jiff::tz::TimeZone::UTC,
        Zone::Named(zone) => zone.clone(),
        Zone::Fixed(offset, _) => {
            jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(*offset).map_err(|_| out_of_range())?)
        }
    };
    let zoned = date.to_datetime(civil.time()).to_zoned(zone).map_err(|_| out_of_range())?;
    Ok(Value::Time(Moment { time: zoned.timestamp(), zone: moment.zone.clone() }))
}

const NAMED: &[Function] = &[Function::new("String", &[], |engine, values| match any(values, 0) {
    Value::Int(kind, number) => engine.text(kind.name_of(*number)),
    _ => engine.text(""),
})];

#[expect(clippy::cast_precision_loss, reason = "the result is a float")]
fn parts(values: &[Value], unit: i64) -> Value {
    let duration = int(values, 0);
    Value::Float((duration / unit) as f64 + (duration % unit) as f64 / unit as f64)
}

const DURATION: &[Function] = &[
    Function::new("Hours", &[], |_, values| Ok(parts(values, 3_600_000_000_000))),
    Function::new("Minutes", &[], |_, values| Ok(parts(values, 60_000_000_000))),
    Function::new("Seconds", &[], |_, values| Ok(parts(values, 1_000_000_000))),
    Function::new("Milliseconds", &[], |_, values| Ok(Value::int64(int(values, 0) / 1_000_000))),
    Function::new("Microseconds", &[], |_, values| Ok(Value::int64(int(values, 0) / 1_000))),
    Function::new("Nanoseconds", &[], |_, values| Ok(Value::int64(int(values, 0)))),
    Function::new("Round", &[Type::Duration], |_, values| {
        Ok(Value::Int(IntKind::Duration, rounded(int(values, 0), int(values, 1))))
    }),
];

fn version(values: &[Value], index: usize) -> Result<&Version> {
    match any(values, index) {
        Value::Version(version) => Ok(version),
        _ => Err(Cause::evaluation("not a version")),
    }
}

fn number(values: &[Value], index: usize) -> Result<Value> {
    Ok(Value::Int(IntKind::Uint64, version(values, 0)?.numbers[index].cast_signed()))
}

fn changed(engine: &Engine<'_>, version: Version) -> Result<Value> {
    engine.budget().memory(version.size())?;
    Ok(Value::Version(Rc::new(version)))
}

const VERSION: &[Function] = &[
    Function::new("Major", &[], |_, values| number(values, 0)),
    Function::new("Minor", &[], |_, values| number(values, 1)),
    Function::new("Patch", &[], |_, values| number(values, 2)),
    Function::new("Prerelease", &[], |engine, values| engine.text(version(values, 0)?.prerelease.as_str())),
    Function::new("Metadata", &[], |engine, values| engine.text(version(values, 0)?.metadata.as_str())),
    Function::new("String", &[], |engine, values| engine.text(version(values, 0)?.to_string())),
    Function::new("IncMajor", &[], |engine, values| {
        let version = version(values, 0)?;
        changed(engine, version.derived([version.numbers[0].wrapping_add(1), 0, 0], "", ""))
    }),
    Function::new("IncMinor", &[], |engine, values| {
        let version = version(values, 0)?;
        changed(engine, version.derived([version.numbers[0], version.numbers[1].wrapping_add(1), 0], "", ""))
    }),
    Function::new("IncPatch", &[], |engine, values| {
        let version = version(values, 0)?;
        let [major, minor, patch] = version.numbers;
        // The next patch after a prerelease is its release.
        let patch = if version.prerelease.is_empty() { patch.wrapping_add(1) } else { patch };
        changed(engine, version.derived([major, minor, patch], "", ""))
    }),
    Function::new("SetPrerelease", &[Type::Text], |engine, values| {
        let (version, text) = (version(values, 0)?, utf8(values, 1)?);
        if !text.is_empty() && !is_prerelease(text) {
            return Err(Cause::evaluation("invalid prerelease"));
        }
        changed(engine, version.derived(version.numbers, text, &version.metadata))
    }),
    Function::new("SetMetadata", &[Type::Text], |engine, values| {
        let (version, text) = (version(values, 0)?, utf8(values, 1)?);
        if !text.is_empty() && !is_metadata(text) {
            return Err(Cause::evaluation("invalid metadata"));
        }
        changed(engine, version.derived(version.numbers, &version.prerelease, text))
    }),
];

fn compared(values: &[Value], holds: fn(Ordering) -> bool) -> Result<Value> {
    Ok(Value::Bool(holds(version(values, 0)?.compare(version(values, 1)?))))
}

/// Methods that Go defines on the pointer only.
const VERSION_POINTER: &[Function] = &[
    Function::new("Original", &[], |engine, values| engine.text(version(values, 0)?.original.as_str())),
    Function::new("Compare", &[Type::Version], |_, values| {
        Ok(Value::int(version(values, 0)?.compare(version(values, 1)?) as i64))
    }),
    Function::new("Equal", &[Type::Version], |_, values| compared(values, Ordering::is_eq)),
    Function::new("LessThan", &[Type::Version], |_, values| compared(values, Ordering::is_lt)),
    Function::new("LessThanEqual", &[Type::Version], |_, values| compared(values, Ordering::is_le)),
    Function::new("GreaterThan", &[Type::Version], |_, values| compared(values, Ordering::is_gt)),
    Function::new("GreaterThanEqual", &[Type::Version], |_, values| compared(values, Ordering::is_ge)),
];
