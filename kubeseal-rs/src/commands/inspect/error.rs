//! [`InspectError`]: why nothing could be inspected.

use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::error::Hint;
use crate::files::input::Input;
use crate::manifest::yaml::invalid::InvalidManifest;
use crate::terminal::escape::shown_path;
use std::io;
use std::path::PathBuf;

/// Why nothing could be inspected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InspectError {
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("found no SealedSecret in {0}")]
    Nothing(Input),
    #[error("found no SealedSecret in any of {0} files")]
    NothingInAny(usize),
    #[error("not all files could be read:\n  {}", .0.join("\n  "))]
    NotAll(Vec<String>),
    #[error("found problems in {problems} of {all} SealedSecrets")]
    Problems { problems: usize, all: usize },
    #[error("cannot read {input}, document {document}, line {line}")]
    Broken {
        input: Input,
        document: usize,
        line: usize,
        #[source]
        error: InvalidManifest,
    },
    #[error("cannot get SealedSecret {namespace}/{name} from {server}")]
    Get {
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: RequestError,
    },
}

impl Hint for InspectError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => {
                Some("name files that exist and may be read; without one, standard input is read".into())
            }
            Self::Nothing(_) | Self::NothingInAny(_) => {
                Some("give at least one object of kind: SealedSecret, in YAML or JSON".into())
            }
            Self::NotAll(_) => Some("correct these files first; they cannot be inspected as they are".into()),
            Self::Problems { .. } => Some("they are listed under Problems; what stands under Notes may be meant, and does not count".into()),
            Self::Broken { .. } => Some("correct the file first; it cannot be inspected as it is".into()),
            // A missing object is no failure; a missing resource type is.
            Self::Get { source: RequestError::NotFound(_), .. } => Some(
                "this cluster knows no SealedSecrets: install the controller and its CustomResourceDefinition, or \
                 choose another cluster with --context NAME"
                    .into(),
            ),
            Self::Get { source, namespace, .. } => {
                Some(source.hint(permission(namespace)))
            }
        }
    }
}

const fn permission(namespace: &str) -> Permission<'_> {
    Permission { verb: "get", resource: "sealedsecrets.bitnami.com", namespace: Some(namespace) }
}
