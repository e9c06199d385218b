//! `start`: log levels and the output of log lines. The form of a line is in `lines`.
//!
//! No value of a Secret ever comes here: callers log names, counts, fingerprints and errors, and the errors of this project carry
//! no values.

pub(crate) mod lines;

use crate::config::logging::Logging;
use crate::logging::lines::Lines;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::{BoxMakeWriter, MakeWriterExt as _};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

/// Starts logging. Lines are structured, as Go's slog does it: text as `key=value`, or one JSON object each.
pub(crate) fn start(logging: &Logging) {
    let writer = if logging.info_to_stdout {
        BoxMakeWriter::new(std::io::stderr.with_max_level(Level::WARN).or_else(std::io::stdout))
    } else {
        BoxMakeWriter::new(std::io::stderr)
    };
    // kube wraps each reconciliation in a span of its own, which repeats the fields of these lines.
    let filter = Targets::new()
        // Libraries log more details than belong in a log.
        .with_default(logging.level.min(LevelFilter::INFO))
        .with_target(env!("CARGO_CRATE_NAME"), logging.level)
        .with_target("kube", logging.level.min(LevelFilter::WARN))
        // It logs whole responses that it cannot decode, and a response may be a Secret.
        .with_target("kube_client::client", LevelFilter::OFF)
        // It logs whole errors of the API server, which `chain` prints without values.
        .with_target("kube_runtime::watcher", LevelFilter::OFF);
    let form = if logging.json { Lines::Json } else { Lines::Text };
    registry().with(fmt::layer().event_format(form).with_writer(writer).with_filter(filter)).init();
}
