//! [`CommandError`]: why a command ended without success: what failed, the causes, and what to do next.
//!
//! Each module has its own error type, whose text names the failed step. It gets its hint in one of two places, both where the failure is known:
//! - `impl Hint for XError`, beside the type; then `?` turns it into a [`CommandError`].
//! - [`Context::hint`] and [`Context::context`], on a `Result`, where only the caller knows what the failed step was for.
//!
//! Decided: the source is boxed instead of one enum with a variant for each module, because such an enum imports every module, is imported
//! by every module, and matches on all of them to find the hint.

pub(crate) mod cause;

use crate::error::cause::causes;
use crate::terminal::warnings::{continued, say, show_withheld};
use std::error::Error;
use std::fmt::{self, Display, Write as _};
use std::process::ExitCode;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line is wrong: exit code 2.
    Usage,
    /// The work failed: exit code 1.
    Failed,
    /// `diff` found differences, which are printed already: exit code 1, without a message.
    Different,
    /// A signal of this number came: exit code 128 and the number, as a shell has it.
    Stopped(u8),
    /// The reader of standard output went away (`| head`): exit code 141, without a message, as if by SIGPIPE.
    BrokenPipe,
}

/// An error type that says what to do about it. `?` turns it into a [`CommandError`].
pub(crate) trait Hint: Error + Send + Sync + 'static {
    /// What to do about it.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The hint, with a second one.
    fn hint_and(&self, more: &str) -> Option<String> {
        Some(self.hint().map_or_else(|| more.to_owned(), |hint| format!("{hint}; {more}")))
    }

    /// The error on one line, and the hint, for a warning.
    fn with_hint(&self) -> String {
        self.hint().map_or_else(|| self.to_string(), |hint| format!("{self}; {hint}"))
    }

    /// What the exit code says.
    fn kind(&self) -> Kind {
        Kind::Failed
    }
}

/// Why a command ended without success.
#[derive(Debug)]
pub(crate) struct CommandError {
    kind: Kind,
    source: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
}

/// A step that failed, before the cause.
#[derive(Debug, thiserror::Error)]
#[error("{step}")]
struct FailedStep {
    step: String,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl<E: Hint> From<E> for CommandError {
    fn from(error: E) -> Self {
        let (kind, hints) = (error.kind(), error.hint().into_iter().collect());
        Self { kind, source: Box::new(error), hints }
    }
}

impl CommandError {
    /// Names the step that failed; the error becomes its cause.
    pub(crate) fn context(self, step: impl Display) -> Self {
        let source = FailedStep { step: step.to_string(), source: self.source };
        Self { source: Box::new(source), ..self }
    }

    /// With exit code 1 instead of 2, for flags that upstream's parser accepts.
    pub(crate) fn usage_as_failed(self) -> Self {
        let kind = if self.kind == Kind::Usage { Kind::Failed } else { self.kind };
        Self { kind, ..self }
    }

    /// With exit code 2 instead of 1, for a command in which 1 says something else.
    pub(crate) fn failed_as_usage(self) -> Self {
        let kind = if self.kind == Kind::Failed { Kind::Usage } else { self.kind };
        Self { kind, ..self }
    }

    /// The module's error without context, if it is of this type.
    pub(crate) fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        (!self.hints.is_empty()).then(|| self.hints.join("; "))
    }

    /// Prints the message to standard error, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let code = match self.kind {
            Kind::BrokenPipe => return ExitCode::from(141),
            Kind::Different => return ExitCode::FAILURE,
            Kind::Usage => ExitCode::from(2),
            Kind::Failed => ExitCode::FAILURE,
            Kind::Stopped(signal) => ExitCode::from(128 + signal),
        };
        say(self.message());
        show_withheld();
        code
    }

    /// The error, each cause, and the hints, on lines of their own.
    pub(crate) fn message(&self) -> String {
        let mut message = format!("error: {}\n", continued(&self.to_string()));
        // Writing to a String cannot fail.
        for cause in causes(self) {
            let _ = writeln!(message, "  because: {}", continued(&cause));
        }
        if let Some(hint) = self.hint() {
            let _ = writeln!(message, "hint: {}", continued(&hint));
        }
        message
    }
}

impl Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}

/// Adds to the error of a `Result` what only the caller knows.
pub(crate) trait Context<T> {
    /// Names the step that failed; the error becomes its cause.
    fn context(self, step: impl Display) -> Result<T, CommandError>;

    /// Adds what to do next, after the hint that the error has.
    fn hint(self, hint: impl Into<String>) -> Result<T, CommandError>;
}

impl<T, E: Into<CommandError>> Context<T> for Result<T, E> {
    fn context(self, step: impl Display) -> Result<T, CommandError> {
        self.map_err(|error| error.into().context(step))
    }

    fn hint(self, hint: impl Into<String>) -> Result<T, CommandError> {
        self.map_err(|error| {
            let mut error = error.into();
            error.hints.push(hint.into());
            error
        })
    }
}

/// What to do about an annotation for recipients that is too long to be written.
pub(crate) const TOO_MANY_RECIPIENTS: &str = "write layout: per-cluster into the rule, which makes a file for each cluster; or split the Secret; nothing was changed";

impl Hint for sealing::SealFailure {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Recipients(_) => Some(TOO_MANY_RECIPIENTS.into()),
            Self::Item { .. } => None,
        }
    }
}
impl Hint for envelope::SealError {}
