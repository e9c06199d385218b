//! [`Lines`]: formats log lines as Go's slog does, which upstream's controller uses: `time`, `level`, `msg`, then the fields, in text
//! as `key=value` and in JSON all at the top level. Log pipelines that select by these names need no change.

use jiff::Timestamp;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Lines {
    /// `time=… level=INFO msg=unsealed name=db`.
    Text,
    /// `{"time":"…","level":"INFO","msg":"unsealed","name":"db"}`.
    Json,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        let (now, level) = (Timestamp::now(), level(*event.metadata().level()));
        match self {
            Self::Text => {
                write!(writer, "time={now:.3} level={level} msg={}", with_quotes(&said.message))?;
                for (key, value) in &said.fields {
                    let text = value.as_str().map_or_else(|| value.to_string().into(), Cow::Borrowed);
                    write!(writer, " {}={}", with_quotes(key), with_quotes(&text))?;
                }
                writeln!(writer)
            }
            Self::Json => {
                let message = Value::from(said.message);
                write!(writer, r#"{{"time":"{now:.9}","level":"{level}","msg":{message}"#)?;
                for (key, value) in &said.fields {
                    write!(writer, ",{}:{value}", Value::from(*key))?;
                }
                writeln!(writer, "}}")
            }
        }
    }
}

/// Collects the fields of a tracing event.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Said {
    fn note(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => self.fields.push((name, value)),
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.note(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.note(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.note(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.note(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.note(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.note(field, value.into());
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARN",
        Level::INFO => "INFO",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "DEBUG-4",
    }
}

/// The value, in quotes where it is not one word.
fn with_quotes(text: &str) -> Cow<'_, str> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '"' && c != '=';
    if !text.is_empty() && text.chars().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(Value::from(text).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::{fmt as layer, registry};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(lines: Lines, log: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let layer = layer::layer().event_format(lines).with_writer(move || writer.clone());
        tracing::subscriber::with_default(registry().with(layer), log);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn say() {
        tracing::info!(name = "db", count = 3, ok = true, error = %"a \"b\"\nc", empty = "", "all is well");
        tracing::warn!(path = r"C:\x", "odd");
    }

    #[test]
    fn text_is_slogs() {
        let text = logged(Lines::Text, say);
        let [first, second] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        let (time, rest) = first.split_once(' ').unwrap();
        assert!(time.starts_with("time=2") && time.ends_with('Z') && time.len() == 29, "{time}");
        let expected = r#"level=INFO msg="all is well" name=db count=3 ok=true error="a \"b\"\nc" empty="""#;
        assert_eq!(rest, expected);
        assert_eq!(second.split_once(' ').unwrap().1, r"level=WARN msg=odd path=C:\x");
    }

    #[test]
    fn json_is_slogs() {
        let text = logged(Lines::Json, say);
        let [first, _] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        let rest = first.split_once(',').unwrap().1;
        let expected = r#""level":"INFO","msg":"all is well","name":"db","count":3,"ok":true,"error":"a \"b\"\nc","empty":""}"#;
        assert_eq!(rest, expected);
        let read: Value = serde_json::from_str(first).unwrap();
        assert!(read["time"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{first}");
    }
}
