//! [`ConnectionError`]: flags, kubeconfig and environment name no cluster, or its user cannot authenticate.

use crate::cluster::auth::auth_provider::AuthProviderError;
use crate::cluster::auth::plugin::PluginError;
use crate::cluster::kubeconfig::KubeconfigError;
use crate::cluster::proxy::NotAProxy;
use crate::terminal::escape::shown_path;
use std::path::PathBuf;

/// Why there is no cluster. Never shows a kubeconfig, because it holds tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectionError {
    #[error("there is no kubeconfig{}, and this is not a pod in a cluster", at(.0))]
    NoConfiguration(Vec<PathBuf>),
    #[error("there is no kubeconfig{}, and --context, --cluster and --user name an entry of one", at(.0))]
    NothingToSelectFrom(Vec<PathBuf>),
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    #[error("the kubeconfig has no current context")]
    NoCurrentContext,
    #[error("the kubeconfig has no context \"{0}\"")]
    UnknownContext(String),
    #[error("the kubeconfig has no cluster \"{0}\"")]
    UnknownCluster(String),
    #[error("the kubeconfig has no user \"{0}\"")]
    UnknownUser(String),
    #[error("--server is not an address")]
    Server,
    #[error("--proxy-url is not an address")]
    Proxy,
    #[error("cannot read the certificate authority {}", shown_path(.path))]
    CertificateAuthority {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} holds no certificate", shown_path(.0))]
    NotAnAuthority(PathBuf),
    #[error("the path {} is not text", shown_path(.0))]
    PathNotText(PathBuf),
    #[error("the server of the kubeconfig's cluster \"{0}\" is not an address")]
    ClusterServer(String),
    #[error("the proxy-url of the kubeconfig's cluster \"{0}\" is not an address")]
    ClusterProxy(String),
    #[error("the certificate-authority-data of the kubeconfig's cluster \"{0}\" holds no certificate")]
    AuthorityData(String),
    #[error(transparent)]
    ProxyVariable(NotAProxy),
    #[error(transparent)]
    AuthProvider(#[from] AuthProviderError),
    #[error(transparent)]
    Plugin(#[from] PluginError),
    #[error("the pod's service account cannot be used")]
    Pod(#[source] kube::config::InClusterError),
}

fn at(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(shown_path).collect();
    if paths.is_empty() { String::new() } else { format!(" at {}", paths.join(" or ")) }
}

impl ConnectionError {
    /// The step that failed.
    pub(crate) const fn step(&self) -> &'static str {
        match self {
            Self::Plugin(_) | Self::AuthProvider(_) => "cannot log in to the cluster",
            Self::ProxyVariable(_) => "it is not known how to reach the cluster",
            Self::CertificateAuthority { .. } | Self::NotAnAuthority(_) | Self::AuthorityData(_) => {
                "it is not known which certificate the API server must have"
            }
            _ => "it is not known which cluster is meant",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::NoConfiguration(_) | Self::NothingToSelectFrom(_) => "name one with --kubeconfig FILE or in KUBECONFIG".into(),
            Self::Kubeconfig(_) => {
                "check --kubeconfig, or KUBECONFIG where that is not given; `kubectl config view` reads the same \
                 files"
                    .into()
            }
            Self::NoCurrentContext | Self::UnknownContext(_) => {
                "choose one with --context NAME; `kubectl config get-contexts` lists them".into()
            }
            Self::UnknownCluster(_) => {
                "choose one with --cluster NAME; `kubectl config get-clusters` lists them".into()
            }
            Self::UnknownUser(_) => "choose one with --user NAME; `kubectl config get-users` lists them".into(),
            Self::Server => "write --server https://HOST:PORT".into(),
            Self::Proxy => "write --proxy-url http://HOST:PORT".into(),
            Self::CertificateAuthority { .. } => {
                "let --certificate-authority, or the kubeconfig, name a file that exists and may be read".into()
            }
            Self::NotAnAuthority(_) => {
                "--certificate-authority names a PEM file with a block \"CERTIFICATE\"".into()
            }
            Self::PathNotText(_) => "give the file another name".into(),
            Self::ClusterServer(_) | Self::ClusterProxy(_) | Self::AuthorityData(_) => {
                "`kubectl config view --minify` shows the cluster; choose another with --context NAME".into()
            }
            Self::ProxyVariable(error) => error.hint(),
            Self::AuthProvider(error) => error.hint(),
            Self::Plugin(error) => error.hint(),
            Self::Pod(_) => "give the pod a service account token, or name a kubeconfig with --kubeconfig FILE".into(),
        }
    }
}
