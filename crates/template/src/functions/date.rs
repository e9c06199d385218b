//! Functions of dates. The local time zone is UTC, as in containers.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, text, utf8};
use crate::packages::strconv::parse_int;
use crate::packages::time::{Moment, Zone, format, format_duration, parse, parse_duration, rounded};
use crate::value::{IntKind, Value};

use Type::{Any, Text, Time};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |engine, _| Ok(Value::Time(Moment::utc(engine.now())))),
    Function::new("date", &[Text, Any], |engine, values| {
        shown(engine, utf8(values, 0)?, any(values, 1), "Local")
    }),
    Function::new("dateInZone", &[Text, Any, Text], date_in_zone),
    Function::new("date_in_zone", &[Text, Any, Text], date_in_zone),
    Function::new("htmlDate", &[Any], |engine, values| shown(engine, "2006-01-02", any(values, 0), "Local")),
    Function::new("htmlDateInZone", &[Any, Text], |engine, values| {
        shown(engine, "2006-01-02", any(values, 0), utf8(values, 1)?)
    }),
    Function::new("dateModify", &[Text, Time], modified),
    Function::new("date_modify", &[Text, Time], modified),
    Function::new("mustDateModify", &[Text, Time], must_modify),
    Function::new("must_date_modify", &[Text, Time], must_modify),
    Function::new("toDate", &[Text, Text], |_, values| match parsed(values) {
        Some(moment) => Ok(Value::Time(moment)),
        None => Ok(Value::Time(Moment::zero()?)),
    }),
    Function::new("mustToDate", &[Text, Text], |_, values| {
        parsed(values)
            .map(Value::Time)
            .ok_or_else(|| Cause::evaluation("the text is not a date of that layout"))
    }),
    Function::new("unixEpoch", &[Time], |engine, values| {
        engine.text(moment_of(engine, any(values, 0))?.time.as_second().to_string())
    }),
    Function::new("ago", &[Any], |engine, values| {
        let moment = moment_of(engine, any(values, 0))?;
        let since = Moment::utc(engine.now()).since(&moment);
        engine.text(format_duration(rounded(since, 1_000_000_000)))
    }),
    Function::new("duration", &[Any], |engine, values| {
        let seconds = match any(values, 0) {
            Value::Int(IntKind::Int64, seconds) => *seconds,
            Value::Text(text) => str::from_utf8(text).ok().and_then(|text| parse_int(text, 10)).unwrap_or(0),
            _ => 0,
        };
        engine.text(format_duration(seconds.wrapping_mul(1_000_000_000)))
    }),
    Function::new("durationRound", &[Any], duration_round),
];

/// The time in the second argument, by the layout in the first.
fn parsed(values: &[Value]) -> Option<Moment> {
    parse(utf8(values, 0).ok()?, utf8(values, 1).ok()?)
}

/// A time, or a number of seconds as a time; for any other value the present.
fn moment_of(engine: &Engine<'_>, value: &Value) -> Result<Moment> {
    match value {
        Value::Time(moment) => Ok(moment.clone()),
        Value::Int(IntKind::Int | IntKind::Int64, seconds) => Moment::at_second(*seconds),
        _ => Ok(Moment::utc(engine.now())),
    }
}

fn shown(engine: &Engine<'_>, layout: &str, value: &Value, zone: &str) -> Result<Value> {
    let mut moment = moment_of(engine, value)?;
    moment.zone = Zone::load(zone).unwrap_or(Zone::Utc);
    // A layout grows by at most this factor, for a month with its full name.
    engine.budget().memory(layout.len().saturating_mul(16))?;
    engine.text(format(&moment, layout))
}

fn date_in_zone(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    shown(engine, utf8(values, 0)?, any(values, 1), utf8(values, 2)?)
}

fn modified(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    match parse_duration(utf8(values, 0)?) {
        Some(duration) => Ok(Value::Time(moment_of(engine, any(values, 1))?.plus(duration)?)),
        None => Ok(any(values, 1).clone()),
    }
}

fn must_modify(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    match parse_duration(utf8(values, 0)?) {
        Some(_) => modified(engine, values),
        None => Err(Cause::evaluation("invalid duration")),
    }
}

const SECOND: u64 = 1_000_000_000;

/// `durationRound`: the duration in the largest unit of which it has more than one.
fn duration_round(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let duration = match any(values, 0) {
        Value::Text(_) => str::from_utf8(text(values, 0)).ok().and_then(parse_duration).unwrap_or(0),
        Value::Int(IntKind::Int64, duration) => *duration,
        Value::Time(moment) => Moment::utc(engine.now()).since(moment),
        _ => 0,
    };
    let units = [
        ("y", 365 * 86_400 * SECOND),
        ("mo", 30 * 86_400 * SECOND),
        ("d", 86_400 * SECOND),
        ("h", 3600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
    ];
    let size = duration.unsigned_abs();
    match units.into_iter().find(|(_, unit)| size > *unit) {
        Some((name, unit)) => engine.text(format!("{}{name}", size / unit)),
        None => engine.text("0s"),
    }
}
