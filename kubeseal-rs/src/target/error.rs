//! [`TargetError`]: why it is not known which controller of the project file is meant.

use crate::error::{Hint, Kind};
use crate::project::cluster_name::ClusterName;
use crate::terminal::escape::shown;
use crate::terminal::program::name;

/// What the project file does not say.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("the project file names no context for cluster {0}")]
    NoContext(ClusterName),
    #[error("the project file names several controllers for context \"{}\": {}", shown(.context), .controllers.join(", "))]
    SeveralControllers {
        context: String,
        /// Each with its cluster.
        controllers: Vec<String>,
    },
    #[error("the project file does not say any more what was accepted for context \"{}\": {}", shown(.context), .controllers.join(", "))]
    NotAnyMore {
        context: String,
        /// Each with its cluster.
        controllers: Vec<String>,
    },
}

impl Hint for TargetError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoContext(_) => {
                "write its context into the project file, or name one with --context CONTEXT; a recipient of age, and a cluster with a \
                 url only, have no controller that answers"
                    .into()
            }
            Self::SeveralControllers { .. } => {
                "name the cluster with --for NAME, or the controller with --controller-name and --controller-namespace".into()
            }
            Self::NotAnyMore { .. } => format!(
                "take the project file from version control; if your team means the change, accept it with `{} clusters trust`, or name the \
                 controller with --controller-name and --controller-namespace",
                name()
            ),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoContext(_) | Self::SeveralControllers { .. } => Kind::Usage,
            // The command line is right.
            Self::NotAnyMore { .. } => Kind::Failed,
        }
    }
}
