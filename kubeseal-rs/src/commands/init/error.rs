//! [`InitError`]: why no project file was made.

use crate::error::{Hint, Kind};
use crate::project::cluster_name::{ClusterName, InvalidClusterName};
use crate::terminal::escape::{shown, shown_path};
use std::io;
use std::path::PathBuf;

/// Why no project file was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    #[error("{} is there already", shown_path(.0))]
    Exists(PathBuf),
    #[error("no cluster was chosen")]
    NoCluster,
    #[error("the kubeconfig has no context")]
    NoContext,
    #[error("--cluster \"{}\" is not NAME=CONTEXT", shown(.0))]
    Cluster(String),
    // Without the text: it may be a private key.
    #[error("--recipient is not NAME=age1…")]
    Recipient,
    #[error("\"{}\" cannot be the name of a cluster", shown(.name))]
    Name {
        name: String,
        #[source]
        source: InvalidClusterName,
    },
    #[error("two clusters are called \"{0}\"")]
    Twice(ClusterName),
    #[error("cannot write {}", shown_path(.path))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Hint for InitError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Exists(_) => "it is not overwritten: edit it, or move it away".into(),
            Self::NoCluster => {
                "name one with --cluster NAME=CONTEXT; `kubectl config get-contexts` lists the contexts"
                    .into()
            }
            Self::NoContext => "name a kubeconfig with --kubeconfig FILE or in KUBECONFIG".into(),
            Self::Cluster(_) => "write --cluster prod-eu=CONTEXT, with a context of the kubeconfig".into(),
            Self::Recipient => {
                "write --recipient dr=age1…, with the public key that `age-keygen` prints".into()
            }
            Self::Name { .. } => "give it another name, such as prod-eu".into(),
            Self::Twice(_) => "give each its own name".into(),
            Self::Write { .. } => "make the folder writable".into(),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoCluster | Self::Cluster(_) | Self::Recipient | Self::Name { .. } | Self::Twice(_) => {
                Kind::Usage
            }
            Self::Exists(_) | Self::NoContext | Self::Write { .. } => Kind::Failed,
        }
    }
}
