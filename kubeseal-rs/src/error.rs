//! [`Failure`]: whatever ended a run. Here it is told: what failed, why, and what to do next.

pub(crate) mod cause;

use crate::certificate::SourceError;
use crate::commands::create::error::CreateError;
use crate::commands::edit::error::EditError;
use crate::commands::guard::error::GuardError;
use crate::commands::inspect::error::InspectError;
use crate::commands::keys::error::KeysError;
use crate::commands::reseal::report::{NotResealed, NothingToReseal, Stale};
use crate::commands::upstream::merge_into::error::MergeError;
use crate::commands::upstream::re_encrypt::answer::OtherAnswer;
use crate::commands::upstream::recovery_unseal::NotOpened;
use crate::commands::upstream::seal::settle::SettleError;
use crate::commands::upstream::validate::DoesNotOpen;
use crate::controller::error::ControllerError;
use crate::error::cause::words;
use crate::files::file_update::InPlaceError;
use crate::files::input::InputError;
use crate::files::output::OutputError;
use crate::key_store::backup::error::BackupError;
use crate::key_store::error::KeyStoreError;
use crate::key_store::recovery_keys::error::RecoveryKeyError;
use crate::manifest::error::ManifestError;
use crate::manifest::write::RenderError;
use crate::sealed_file::error::SealedFileError;
use crate::settings::namespace::NamespaceError;
use crate::settings::usage_error::UsageError;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::{continued, say, show_withheld};
use envelope::SealError;
use sealing::SealFailure;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Certificate(#[from] SourceError),
    #[error("cannot ask the controller")]
    Controller(#[source] Box<ControllerError>),
    #[error(transparent)]
    DoesNotOpen(#[from] DoesNotOpen),
    #[error("cannot change {}", shown_path(.path))]
    SealedFile {
        path: PathBuf,
        #[source]
        source: SealedFileError,
    },
    #[error("cannot change {}", shown_path(.path))]
    InPlace {
        path: PathBuf,
        #[source]
        source: InPlaceError,
    },
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error(transparent)]
    OtherAnswer(#[from] OtherAnswer),
    #[error("cannot open without a cluster")]
    RecoveryKey(#[source] Box<RecoveryKeyError>),
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    NotResealed(#[from] NotResealed),
    #[error(transparent)]
    NothingToReseal(#[from] NothingToReseal),
    #[error(transparent)]
    Stale(#[from] Stale),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error(transparent)]
    Create(#[from] CreateError),
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    KeyStore(Box<KeyStoreError>),
    #[error(transparent)]
    Backup(#[from] BackupError),
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

impl From<ControllerError> for Failure {
    fn from(error: ControllerError) -> Self {
        Self::Controller(Box::new(error))
    }
}

impl From<KeyStoreError> for Failure {
    fn from(error: KeyStoreError) -> Self {
        Self::KeyStore(Box::new(error))
    }
}

impl From<RecoveryKeyError> for Failure {
    fn from(error: RecoveryKeyError) -> Self {
        Self::RecoveryKey(Box::new(error))
    }
}

impl Failure {
    /// Prints it to standard error, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if matches!(self, Self::Output(OutputError::Reader)) {
            // As of a program that SIGPIPE ended, which has no words either.
            return ExitCode::from(141);
        }
        say(self.told());
        show_withheld();
        ExitCode::FAILURE
    }

    /// The same, in a stream with so many documents more before it.
    pub(crate) fn after(self, documents: usize) -> Self {
        match self {
            Self::Manifest(error) => Self::Manifest(error.after(documents)),
            Self::Settle(error) => Self::Settle(error.after(documents)),
            other => other,
        }
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Usage(error) => Some(error.hint()),
            Self::Certificate(error) => Some(error.hint()),
            Self::Controller(error) => Some(error.hint()),
            Self::DoesNotOpen(error) => Some(error.hint()),
            Self::SealedFile { source, .. } => Some(source.hint()),
            Self::InPlace { source, .. } => Some(source.hint()),
            Self::Merge(error) => Some(error.hint()),
            Self::OtherAnswer(_) => Some(
                "check --controller-name, --controller-namespace and --context; nothing was changed".into(),
            ),
            Self::RecoveryKey(error) => Some(error.hint()),
            Self::NotOpened(error) => error.hint(),
            Self::Edit(error) => error.hint(),
            Self::NotResealed(error) => error.hint(),
            Self::NothingToReseal(_) => Some(NothingToReseal::hint()),
            Self::Stale(_) => Some(Stale::hint()),
            Self::Input(error) => error.hint(),
            Self::Manifest(error) => error.hint(),
            Self::Settle(error) => error.hint(),
            Self::Create(error) => Some(error.hint()),
            Self::Guard(error) => Some(error.hint()),
            Self::Inspect(error) => error.hint(),
            Self::Keys(error) => error.hint(),
            Self::KeyStore(error) => Some(error.hint()),
            Self::Backup(error) => Some(error.hint()),
            Self::Namespace(error) => Some(error.hint()),
            Self::Output(error) => error.hint(),
            Self::Seal(_) | Self::SealValue(_) | Self::Render(_) => None,
        }
    }

    /// All of it, as a person reads it.
    pub(crate) fn told(&self) -> String {
        let mut told = format!("error: {}\n", continued(&self.to_string()));
        let mut last = self.to_string();
        let mut next = self.source();
        while let Some(cause) = next {
            let words = words(cause);
            // Libraries repeat their causes in their own words; once is enough.
            if !last.contains(&words) {
                // Writing to a String cannot fail.
                let _ = writeln!(told, "  because: {}", continued(&words));
                last = words;
            }
            next = cause.source();
        }
        if let Some(hint) = self.hint() {
            let _ = writeln!(told, "hint: {}", continued(&hint));
        }
        told
    }
}
