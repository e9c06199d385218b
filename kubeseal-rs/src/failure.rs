//! [`Failure`]: whatever ended a run. Here it is told: what failed, why, and what to do next.

use crate::certificate::SourceError;
use crate::command::SettleError;
use crate::input::InputError;
use crate::manifest::{ManifestError, RenderError};
use crate::mode::UsageError;
use crate::namespace::NamespaceError;
use crate::output::OutputError;
use envelope::SealError;
use sealing::SealFailure;
use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Certificate(#[from] SourceError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error(transparent)]
    Namespace(#[from] NamespaceError),
    #[error(transparent)]
    Seal(#[from] SealFailure),
    #[error("cannot seal the value")]
    SealValue(#[source] SealError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Failure {
    /// Prints it to standard error, and gives the exit code.
    #[expect(clippy::print_stderr, reason = "the one place where failures are told")]
    pub(crate) fn report(&self) -> ExitCode {
        eprint!("{}", self.told());
        match self {
            Self::Usage(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Usage(error) => Some(error.hint()),
            Self::Certificate(error) => Some(error.hint()),
            Self::Input(error) => error.hint(),
            Self::Manifest(error) => error.hint(),
            Self::Settle(error) => Some(error.hint()),
            Self::Namespace(error) => Some(error.hint()),
            Self::Output(error) => error.hint(),
            Self::Seal(_) | Self::SealValue(_) | Self::Render(_) => None,
        }
    }

    fn told(&self) -> String {
        let mut told = format!("error: {self}\n");
        let mut last = self.to_string();
        let mut next = self.source();
        while let Some(cause) = next {
            let words = cause.to_string();
            // Libraries repeat their causes in their own words; once is enough.
            if !last.contains(&words) {
                // Writing to a String cannot fail.
                let _ = writeln!(told, "  because: {words}");
                last = words;
            }
            next = cause.source();
        }
        if let Some(hint) = self.hint() {
            let _ = writeln!(told, "hint: {hint}");
        }
        told
    }
}
