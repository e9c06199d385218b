//! [`MergeError`]: why nothing was merged, and what to do about it.

use crate::commands::common::annotations::AnnotationError;
use crate::error::Hint;
use crate::manifest::location::Location;
use crate::target::namespace::NamespaceError;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use api::Scope;
use std::error::Error;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum MergeError {
    #[error("cannot read the SealedSecret to merge into, {}", shown_path(.path))]
    Target {
        path: PathBuf,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("found no SealedSecret in {}", shown_path(.0))]
    Nothing(PathBuf),
    #[error("the SealedSecret in {0} has no metadata.name")]
    NoName(Location),
    #[error("the Secret in {0} has no data")]
    NoData(Location),
    #[error("there are {0} Secrets to merge into one SealedSecret")]
    SeveralSecrets(usize),
    #[error("it is not clear into which of {count} SealedSecrets the Secret in {location} goes")]
    WhichTarget { location: Location, count: usize },
    #[error("the SealedSecret in {target} has the scope {scope}, and {requested} was requested")]
    Scope { target: Location, scope: Scope, requested: Scope },
    #[error("cannot settle the namespace of the SealedSecret in {target}")]
    Namespace {
        target: Location,
        #[source]
        source: Box<NamespaceError>,
    },
    #[error("will not merge the Secret in {location} into the SealedSecret in {target}")]
    Annotation {
        location: Location,
        target: Location,
        #[source]
        source: AnnotationError,
    },
}

impl Hint for MergeError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Target { .. } | Self::Nothing(_) => {
                "--merge-into names a file with a SealedSecret; a new one is written with --sealed-secret-file FILE"
                    .into()
            }
            Self::Namespace { source, .. } => return source.hint(),
            Self::Annotation { source, .. } => source.hint(),
            Self::NoName(_) => {
                "is the file whole? Give the SealedSecret a metadata.name, which its values are sealed for".into()
            }
            Self::NoData(_) => {
                "give it data or stringData; --allow-empty-data merges labels and annotations alone".into()
            }
            Self::SeveralSecrets(_) => "merge one after the other".into(),
            Self::WhichTarget { .. } => {
                "give the Secret the name and namespace of the SealedSecret it belongs to".into()
            }
            Self::Scope { scope, requested, .. } => format!(
                "all items of a SealedSecret have one scope, and items of another would not open: leave out --scope and \
                 the Secret's scope annotation, or write --scope {scope}. `{} rescope FILE --scope {requested}` changes the scope of all of \
                 it, with a backup of the sealing keys; without one, seal all of it again",
                name()
            ),
        })
    }
}
