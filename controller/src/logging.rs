//! Where the controller's words go: log lines, the version, and the last words of a failure.
//!
//! No value of a Secret ever comes here; callers log names, counts, fingerprints and errors, and the errors of
//! this project carry no values.

pub(crate) mod lines;

use crate::config::ConfigError;
use crate::config::logging::{LogLevel, Logging};
use crate::config::warning::Caution;
use crate::logging::lines::Lines;
use crate::process::error_chain::chain;
use crate::run::error::RunError;
use std::process::ExitCode;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::{BoxMakeWriter, MakeWriterExt as _};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

/// The version of upstream's controller whose flags, objects and answers this one has.
const UPSTREAM: &str = "0.40.0";

/// Starts logging. Lines are structured, as Go's slog does it: text as `key=value`, or one JSON object each.
pub fn start(logging: &Logging) {
    let writer = if logging.info_to_stdout {
        BoxMakeWriter::new(std::io::stderr.with_max_level(Level::WARN).or_else(std::io::stdout))
    } else {
        BoxMakeWriter::new(std::io::stderr)
    };
    let level = match logging.level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
    };
    // kube wraps each reconciliation in a span of its own, which says again what our lines say.
    let filter = Targets::new()
        // What libraries say for their own sake may be more than belongs in a log.
        .with_default(level.min(LevelFilter::INFO))
        .with_target(env!("CARGO_CRATE_NAME"), level)
        .with_target("kube", level.min(LevelFilter::WARN))
        // It logs whole answers that it cannot decode, and an answer may be a Secret.
        .with_target("kube_client::client", LevelFilter::OFF)
        // It logs whole errors of the API server, which `chain` tells without what they may quote.
        .with_target("kube_runtime::watcher", LevelFilter::OFF);
    let form = if logging.json { Lines::Json } else { Lines::Text };
    registry().with(fmt::layer().event_format(form).with_writer(writer).with_filter(filter)).init();
}

/// What was taken in another way than it was written.
pub fn caution(caution: &Caution) {
    tracing::warn!("{caution}");
}

/// The last words when the controller cannot go on.
pub fn fatal(error: &RunError) -> ExitCode {
    tracing::error!(error = chain(error), hint = error.hint(), "sealed-secrets-controller stops");
    ExitCode::FAILURE
}

/// What is wrong with the command line; logging has not started yet.
#[expect(clippy::print_stderr, reason = "a usage error goes to the person at the terminal")]
pub fn usage_error(error: &ConfigError) -> ExitCode {
    eprintln!("error: {error}\nhint: `sealed-secrets-controller --help` lists the flags");
    ExitCode::from(2)
}

/// The first line, in upstream's words: what waits for a start looks for it.
pub fn starting() {
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "Starting sealed-secrets controller");
}

/// Prints what `--version` asks for. Scripts look for `controller version: v` and compare the third word with versions of
/// upstream's that they know: it is the one that this program stands in for. Its own version follows.
#[expect(clippy::print_stdout, reason = "the version was asked for")]
pub fn print_version() {
    println!("controller version: v{UPSTREAM} (sealed-secrets-controller v{})", env!("CARGO_PKG_VERSION"));
}
