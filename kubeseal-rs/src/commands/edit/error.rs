//! [`EditError`]: why nothing was edited, and what to do about it.

use crate::commands::common::annotations::AnnotationError;
use crate::error::{CommandError, Hint, Kind};
use crate::files::file_update::error::FileUpdateError;
use crate::manifest::location::Location;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use api::Scope;
use std::io;
use std::path::PathBuf;

/// Why nothing was edited. Never shows what was typed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    #[error("cannot edit {}", shown_path(.path))]
    File {
        path: PathBuf,
        #[source]
        source: FileUpdateError,
    },
    #[error("cannot show what is sealed")]
    Show(#[source] serde_saphyr::ser::Error),
    #[error("cannot keep what is to be edited in {}", shown_path(.directory))]
    Scratch {
        directory: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot start the editor \"{editor}\"")]
    Start {
        editor: String,
        #[source]
        source: io::Error,
    },
    #[error("there is no editor \"{0}\"")]
    NoEditor(String),
    #[error("the editor \"{editor}\" failed ({how})")]
    Editor { editor: String, how: String },
    #[error("stopped by a signal")]
    Stopped(u8),
    #[error("what was saved in the editor cannot be used")]
    Discarded(#[source] Box<CommandError>),
    #[error("there are {after} Secrets in what was saved, and {before} SealedSecrets in the file")]
    Count { before: usize, after: usize },
    #[error("the {what} was changed, and the values are bound to where they were sealed for (scope {scope})")]
    Bound { what: &'static str, scope: Scope },
    #[error("the item \"{0}\" is to keep what is sealed there, and there is no such item")]
    NothingToKeep(String),
    #[error(
        "the value of the item \"{0}\" has <sealed> in it, which is the placeholder of a whole sealed value"
    )]
    Placeholder(String),
    #[error("the item \"{0}\" has no value")]
    NoValue(String),
    #[error("the editor left nothing to read")]
    Gone(#[source] io::Error),
    #[error("the SealedSecret has no name to seal for")]
    NoName,
    #[error("generateName is not edited here")]
    NotHere,
    #[error(transparent)]
    Annotation(AnnotationError),
    #[error("{location} is not changed")]
    Object {
        location: Location,
        #[source]
        source: Box<CommandError>,
    },
}

impl Hint for EditError {
    fn hint(&self) -> Option<String> {
        const DISCARDED: &str =
            "what you typed was wiped and not kept, so that no value stays on disk; nothing was changed";
        let hint = match self {
            Self::File { source, .. } => return source.hint(),
            Self::Scratch { .. } => "set XDG_RUNTIME_DIR or TMPDIR to a directory of your own".into(),
            Self::Start { .. } | Self::NoEditor(_) => "set VISUAL or EDITOR to an editor that waits until you are done".into(),
            Self::Editor { .. } | Self::Stopped(_) | Self::Gone(_) => DISCARDED.into(),
            Self::Discarded(failure) => match failure.hint() {
                Some(hint) => format!("{hint}; {DISCARDED}"),
                None => DISCARDED.into(),
            },
            Self::Count { .. } => "keep one document for each; add and remove SealedSecrets in the file itself".into(),
            Self::Bound { what, .. } => {
                let command = match *what {
                    "name" => "move FILE --to-name NAME",
                    "namespace" => "move FILE --to-namespace NAMESPACE",
                    _ => "rescope FILE --scope SCOPE",
                };
                format!(
                    "`{} {command}` changes it and seals the values for that, with a backup of the sealing keys; without one, seal the \
                     Secret again",
                    name()
                )
            }
            Self::NothingToKeep(_) => {
                "write a value for it; an item cannot be renamed here, because its value cannot be read".into()
            }
            Self::Placeholder(_) => {
                "write the new value in its place, or leave <sealed> alone, in lower case, to keep what is sealed".into()
            }
            Self::NoValue(_) => {
                "write \"\" for an empty value, leave <sealed> to keep what is sealed, or take the line out".into()
            }
            Self::NoName => "give it a metadata.name in the file".into(),
            Self::NotHere => "a Secret that is made from a SealedSecret has its name".into(),
            Self::Annotation(error) => error.hint(),
            Self::Object { source, .. } => return source.hint(),
            Self::Show(_) => return None,
        };
        Some(hint)
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Stopped(signal) => Kind::Stopped(*signal),
            _ => Kind::Failed,
        }
    }
}
