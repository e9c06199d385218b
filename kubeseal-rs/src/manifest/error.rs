//! [`ManifestError`]: input that is not Secrets.

use crate::error::Hint;
use crate::files::input::Input;
use crate::manifest::location::Location;
use crate::manifest::yaml::invalid::InvalidManifest;

/// Why the input could not be read as Secrets. Shows names of fields, never what is in them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManifestError {
    #[error("cannot read {0} as text: it is not UTF-8 or UTF-16")]
    NotText(Input),
    #[error("found no Secret in {0}")]
    Nothing(Input),
    #[error("found no SealedSecret in {0}")]
    NothingSealed(Input),
    #[error("cannot read {location}")]
    At {
        location: Location,
        #[source]
        problem: InvalidManifest,
    },
}

impl Hint for ManifestError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NotText(_) => Some(
                "write the manifest as UTF-8; bytes that are no text belong under data, in base64".into(),
            ),
            Self::Nothing(_) => Some("give at least one Secret, in YAML or JSON".into()),
            Self::NothingSealed(_) => Some("give at least one object of kind: SealedSecret and apiVersion: bitnami.com/v1alpha1, in YAML or JSON".into()),
            Self::At { problem, .. } => problem.hint(),
        }
    }
}

impl ManifestError {
    /// The error with the document's number in the whole stream, in which there are this many documents before it.
    pub(crate) fn after(self, documents: usize) -> Self {
        match self {
            Self::At { location, problem } => Self::At { location: location.after(documents), problem },
            other => other,
        }
    }

    /// Whether the input is valid, and another kind of object.
    pub(crate) fn is_of_other_kind(&self) -> bool {
        match self {
            Self::Nothing(_) => true,
            Self::At { problem, .. } => {
                matches!(problem, InvalidManifest::OtherKind(_) | InvalidManifest::NotAnObject(_))
            }
            Self::NotText(_) | Self::NothingSealed(_) => false,
        }
    }
}
