//! [`RunError`]: why the controller stopped without a signal, and what to do about it.

use crate::client::cluster::ClusterError;
use crate::http::server::bind::ListenError;
use crate::keys::unwrapping::providers::ProviderConfigError;
use std::io;

#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("starting up failed")]
    Start(#[source] io::Error),
    #[error("connecting to the cluster failed")]
    Cluster(#[from] ClusterError),
    #[error("--key-wrap-with and --key-unwrap-with")]
    Providers(#[from] ProviderConfigError),
    #[error("opening the port failed")]
    Listen(#[from] ListenError),
    /// The task that follows the keys ended.
    #[error("the sealing keys are not looked after any more")]
    Keys,
    #[error("the HTTP server failed")]
    Http(#[source] io::Error),
}

impl RunError {
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Start(_) => "is the process allowed to start threads and handle signals?",
            Self::Cluster(_) => "in a cluster, give the pod a ServiceAccount; elsewhere, set KUBECONFIG",
            Self::Listen(_) => {
                "is another process using the port? Choose one with --listen-addr or --listen-metrics-addr"
            }
            Self::Providers(_) => {
                "controller/docs/key-wrapping.md has the form and the options of each provider"
            }
            Self::Keys | Self::Http(_) => "restart the controller",
        }
    }
}
