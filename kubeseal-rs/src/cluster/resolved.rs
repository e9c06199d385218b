//! [`ResolvedCluster`]: server, namespace and user of a cluster, from flags, kubeconfig and environment.
//!
//! Decided: resolved once in a run, into a value that reads no kubeconfig, no file of a certificate authority, no flag
//! and no variable again. `kubectl config use-context` during a run would otherwise seal with one cluster's key for
//! another's namespace, and cache its certificate under the other's name.
//!
//! Decided: what client-go reads again for a later login is read again: the credentials of a plugin, the token in a
//! token file, and the files of a client certificate. Each of them expires and is replaced while a program runs.

use crate::cluster::auth::{auth_provider, plugin, token_file};
use crate::cluster::error::ConnectionError;
use crate::cluster::proxy::proxy_for;
use crate::cluster::selected::Selected;
use crate::cluster::{kubeconfig, overrides, pod, server};
use crate::settings::connection_flags::{ConnectionFlags, given, given_path};
use crate::settings::timeout::Timeout;
use kube::Config;
use kube::config::Cluster;
use std::sync::Arc;

/// The namespace of a context without a namespace.
const DEFAULT_NAMESPACE: &str = "default";

/// The cluster of a run. Each part has an error of its own: a Secret can be sealed for the context's namespace while the
/// context's cluster has no usable server.
pub(crate) struct ResolvedCluster {
    /// Empty where flags or a pod name the cluster and no context does.
    context: String,
    namespace: String,
    /// The value in the kubeconfig or of `--server`, unchanged.
    server: Result<String, Arc<ConnectionError>>,
    client: Result<ClientConfig, Arc<ConnectionError>>,
    request_timeout: Option<Timeout>,
}

/// The configuration of a client, without the credentials that are read for each client.
struct ClientConfig {
    config: Config,
    /// The kubeconfig's entry, which is passed to credential plugins.
    cluster: Option<Cluster>,
    /// Server and context, for messages.
    words: String,
}

/// The configuration of a client, with credentials.
pub(crate) struct Authenticated {
    pub config: Config,
    /// Server and context, for messages.
    pub server: String,
    /// The credentials come from a plugin or a file, which may give new ones later.
    pub renews: bool,
    /// TLS verifies the API server.
    pub is_verified: bool,
}

impl ResolvedCluster {
    /// The cluster that kubeconfig, flags and environment name now.
    pub(crate) fn resolve(
        flags: &ConnectionFlags,
        request_timeout: Option<Timeout>,
    ) -> Result<Self, ConnectionError> {
        let file = given_path(flags.kubeconfig.as_ref());
        let kubeconfig = kubeconfig::read(file)?;
        let server = given(flags.server.as_ref());
        if kubeconfig.is_none()
            && (server.is_some() || pod::is_inside())
            && [&flags.context, &flags.cluster, &flags.user]
                .into_iter()
                .any(|name| given(name.as_ref()).is_some())
        {
            // Without this, another cluster would be used than the one that the flag names.
            return Err(ConnectionError::NothingToSelectFrom(kubeconfig::files(file)));
        }
        let selected = match &kubeconfig {
            Some(kubeconfig) => Selected::of(kubeconfig, flags)?,
            None => None,
        };
        if selected.is_none() && server.is_none() && !pod::is_inside() {
            return Err(ConnectionError::NoConfiguration(kubeconfig::files(file)));
        }
        let stated = selected.as_ref().and_then(Selected::namespace);
        let server = match (server, &selected) {
            (Some(server), _) => Ok(server.to_owned()),
            (None, Some(selected)) => selected.server(),
            (None, None) => Ok("(from inside the cluster)".into()),
        };
        Ok(Self {
            namespace: stated.or_else(pod::namespace).unwrap_or_else(|| DEFAULT_NAMESPACE.into()),
            server: server.map_err(Arc::new),
            client: ClientConfig::resolve(flags, selected.as_ref()).map_err(Arc::new),
            context: selected.map(|selected| selected.name).unwrap_or_default(),
            request_timeout,
        })
    }

    /// The namespace that a Secret without one belongs to.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the context; empty without one.
    pub(crate) fn context(&self) -> &str {
        &self.context
    }

    /// Context and server, which together identify a cluster.
    pub(crate) fn identity(&self) -> Result<(String, String), Arc<ConnectionError>> {
        self.server.clone().map(|server| (self.context.clone(), server))
    }

    /// Whether a client authenticates by running a credential plugin.
    pub(crate) fn runs_plugin(&self) -> bool {
        self.client.as_ref().is_ok_and(|client| client.config.auth_info.exec.is_some())
    }

    /// The value of `--request-timeout`.
    pub(crate) fn request_timeout(&self) -> Option<Timeout> {
        self.request_timeout
    }

    /// The configuration of a client, with present credentials. Runs the credential plugin, if the user has one.
    pub(crate) async fn authenticate(&self) -> Result<Authenticated, Arc<ConnectionError>> {
        let ClientConfig { config, cluster, words } = self.client.as_ref().map_err(Arc::clone)?;
        let mut config = config.clone();
        let renews = add_credentials(&mut config, cluster.as_ref()).await.map_err(Arc::new)?;
        let is_verified = config.cluster_url.scheme_str() == Some("https") && !config.accept_invalid_certs;
        Ok(Authenticated { config, server: words.clone(), renews, is_verified })
    }
}

/// Adds present credentials to `config`. True if later ones may differ.
async fn add_credentials(config: &mut Config, cluster: Option<&Cluster>) -> Result<bool, ConnectionError> {
    auth_provider::authenticate(&mut config.auth_info)?;
    let by_file = token_file::authenticate(&mut config.auth_info);
    let by_plugin = plugin::authenticate(&mut config.auth_info, cluster).await?;
    Ok(by_file || by_plugin)
}

impl ClientConfig {
    fn resolve(flags: &ConnectionFlags, selected: Option<&Selected<'_>>) -> Result<Self, ConnectionError> {
        let mut cluster = None;
        let (mut config, direct, from) = match (selected, overrides::server_url(flags)?) {
            (Some(selected), _) => {
                let (name, entry) = selected.cluster()?;
                let mut config = server::config_of(name, entry)?;
                config.auth_info = selected.user()?;
                cluster = Some(entry.clone());
                let name = &selected.name;
                let from = if name.is_empty() { String::new() } else { format!(" (context \"{name}\")") };
                (config, false, from)
            }
            (None, Some(url)) => (Config::new(url), false, String::new()),
            (None, None) => {
                let config = Config::incluster().map_err(ConnectionError::Pod)?;
                // A pod reaches its API server without a proxy.
                (config, true, " (from inside the cluster)".into())
            }
        };
        overrides::apply(flags, &mut config)?;
        // A proxy in flags or kubeconfig comes before that of the environment.
        if !direct && config.proxy_url.is_none() {
            let proxy = proxy_for(&config.cluster_url, |name| std::env::var(name).ok());
            config.proxy_url = proxy.map_err(ConnectionError::ProxyVariable)?;
        }
        // The user waits: an error now is better than retries.
        config.default_retry = false;
        let words = format!("{}{from}", shown(&config.cluster_url));
        Ok(Self { config, cluster, words })
    }
}

/// An address without user name, password and query.
fn shown(url: &http::Uri) -> String {
    let host = url.host().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme_str().unwrap_or("http"))
}
