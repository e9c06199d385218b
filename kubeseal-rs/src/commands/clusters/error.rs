//! [`ClustersError`]: why something about the clusters of a project file failed.

use crate::certificate::url::FetchError;
use crate::cluster::error::ConnectionError;
use crate::cluster::session::error::SessionError;
use crate::cluster::session::request_error::RequestError;
use crate::controller::error::ControllerError;
use crate::error::{Hint, Kind};
use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::program::name;
use envelope::CertificateError;
use std::io;
use std::path::PathBuf;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClustersError {
    #[error("cluster {0} has a recipient, and no certificate to fetch")]
    Recipient(ClusterName),
    #[error("the project file does not say how the certificate of cluster {0} is fetched")]
    NoConnection(ClusterName),
    #[error("{0} is for one cluster")]
    OneCluster(&'static str),
    #[error("cannot fetch the certificate from the cluster")]
    NotServed {
        context: String,
        #[source]
        source: Box<ControllerError>,
    },
    #[error("nothing was accepted for a cluster \"{}\"", shown(.name))]
    NothingAccepted { name: String, accepted: Vec<ClusterName> },
    #[error("cannot fetch the certificate from {url}")]
    Url {
        url: String,
        #[source]
        source: FetchError,
    },
    #[error("cannot use the certificate {url}")]
    Unusable {
        url: String,
        #[source]
        source: CertificateError,
    },
    #[error("cannot write the certificate {}", shown_path(.path))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{0} of the certificates {is} not fetched", is = if *.0 == 1 { "was" } else { "were" })]
    NotFetched(usize),
    #[error("{0} of the keys {is} not accepted", is = if *.0 == 1 { "was" } else { "were" })]
    NotAccepted(usize),
    #[error("{0} of the clusters {have} a problem", have = if *.0 == 1 { "has" } else { "have" })]
    Problems(usize),
    #[error("cluster {cluster} has another key: {key}")]
    OtherKey { cluster: ClusterName, key: KeyId },
    #[error("the project file has other rules: {0}")]
    OtherRules(String),
}

impl Hint for ClustersError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Recipient(_) => "its key is in the project file itself".into(),
            Self::NoConnection(cluster) => format!(
                "write its context or url into the project file, or name one: `{} clusters fetch {cluster} --context CONTEXT`",
                name()
            ),
            Self::NotServed { context, source } => return hint_of_context(context, source),
            Self::NothingAccepted { accepted, .. } if accepted.is_empty() => {
                "nothing at all was accepted for this repository on this machine".into()
            }
            Self::NothingAccepted { accepted, .. } => format!(
                "something was accepted for {}",
                accepted.iter().map(ClusterName::as_str).collect::<Vec<_>>().join(", ")
            ),
            Self::OneCluster(_) => "name one cluster, and call it once for each".into(),
            Self::Url { source: FetchError::Status(status), .. } if status.is_redirection() => {
                "an address of the project file is followed to no other: write the last one".into()
            }
            Self::Url { source: error @ (FetchError::Request(_) | FetchError::Proxy(_)), .. } => error.hint(),
            Self::Url { .. } | Self::Unusable { .. } => {
                "check the address in the project file; the controller serves its certificate under /v1/cert.pem".into()
            }
            Self::Write { .. } => "the path is in the project file. Look at the file there: if it is a damaged certificate, delete it, and \
                fetch again; else write another path"
                .into(),
            Self::NotFetched(_) => "the warnings say why; the others are there".into(),
            Self::NotAccepted(_) => "the warnings say why, and what writes the certificates; then accept them".into(),
            Self::Problems(_) => "each is listed".into(),
            Self::OtherKey { .. } | Self::OtherRules(_) => {
                "nothing was accepted: find out who changed it (git log), and compare again".into()
            }
        })
    }

    fn kind(&self) -> Kind {
        if matches!(self, Self::OneCluster(_)) { Kind::Usage } else { Kind::Failed }
    }
}

/// The project file names the context: these commands have no `--cert`, and not all of them have `--context`.
fn hint_of_context(context: &str, error: &ControllerError) -> Option<String> {
    match error {
        ControllerError::Session(SessionError::Connection(error))
            if matches!(
                **error,
                ConnectionError::UnknownContext(_)
                    | ConnectionError::NoConfiguration(_)
                    | ConnectionError::NothingToSelectFrom(_)
            ) =>
        {
            Some(
                "the project file names the context: `kubectl config get-contexts` lists those of your kubeconfig, and --kubeconfig FILE \
                 names another kubeconfig"
                    .into(),
            )
        }
        ControllerError::Request { source: RequestError::Unreachable(_) | RequestError::NotKubernetes, .. } => {
            Some(format!("check the network, and the server of the context {}", shown(context)))
        }
        error => error.hint(),
    }
}
