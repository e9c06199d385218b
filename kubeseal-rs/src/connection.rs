//! [`Connection`]: which cluster is meant, by kubeconfig and context or from inside a pod.
//!
//! Nothing here dials. The kubeconfig is read when something is first asked of it, and once in a run ([`ReadOnce`]).

mod auth_provider;
mod cluster;
mod error;
mod kubeconfig;
mod overrides;
mod plugin;
mod pod;
mod timeout;
mod token_file;

pub(crate) use error::ConnectionError;
pub(crate) use kubeconfig::{KubeconfigError, ReadOnce};
pub(crate) use overrides::Overrides;
pub(crate) use timeout::{DURATION_RULE, Timeout};

use crate::proxy::proxy_for;
use kube::Config;
use kube::config::{Cluster, Context, Kubeconfig};
use std::path::PathBuf;

/// The namespace of a context that states none.
const DEFAULT_NAMESPACE: &str = "default";

/// What a client needs to dial.
pub(crate) struct Login {
    pub config: Config,
    /// The words that tell a person which cluster that is.
    pub server: String,
    /// The credentials are a plugin's or a file's, which may give others another time.
    pub renews: bool,
    /// The API server proves by TLS that it is the one that is meant.
    pub is_verified: bool,
}

/// The cluster that flags and environment point to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection {
    /// From `--kubeconfig`; else `KUBECONFIG`, else `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// From `--context`; else the current one.
    pub context: Option<String>,
    /// From kubectl's other flags.
    pub overrides: Overrides,
    /// What the kubeconfig says, for every copy of this connection.
    pub read: ReadOnce,
}

/// The context that counts.
struct Selected<'a> {
    kubeconfig: &'a Kubeconfig,
    /// Empty where flags name the cluster and no context does.
    name: String,
    context: Context,
}

impl Connection {
    /// What `--request-timeout` says, if it says anything.
    pub(crate) fn request_timeout(&self) -> Option<Timeout> {
        self.overrides.request_timeout
    }

    /// The namespace that a Secret without one belongs to.
    pub(crate) fn namespace(&self) -> Result<String, ConnectionError> {
        let stated = match self.selected()? {
            Some(selected) => selected.context.namespace.filter(|namespace| !namespace.is_empty()),
            None if self.overrides.server.is_none() && !pod::is_inside() => return Err(self.nowhere()),
            None => None,
        };
        Ok(stated.or_else(pod::namespace).unwrap_or_else(|| DEFAULT_NAMESPACE.into()))
    }

    /// What a client needs to dial. A credential plugin is run for it.
    pub(crate) async fn log_in(&self) -> Result<Login, ConnectionError> {
        let mut cluster = None;
        let (mut config, direct, from) = match self.selected()? {
            Some(selected) => {
                let (config, found) = self.of_context(&selected)?;
                cluster = Some(found);
                let name = selected.name;
                let from = if name.is_empty() { String::new() } else { format!(" (context \"{name}\")") };
                (config, false, from)
            }
            None => match self.overrides.server_url()? {
                Some(url) => (Config::new(url), false, String::new()),
                None if pod::is_inside() => {
                    let config = Config::incluster().map_err(ConnectionError::Pod)?;
                    // The way from a pod to its API server leads through no proxy.
                    (config, true, " (from inside the cluster)".into())
                }
                None => return Err(self.nowhere()),
            },
        };
        self.overrides.apply(&mut config)?;
        // One that is stated counts, whatever the environment says.
        if !direct && config.proxy_url.is_none() {
            let proxy = proxy_for(&config.cluster_url, |name| std::env::var(name).ok());
            config.proxy_url = proxy.map_err(ConnectionError::ProxyVariable)?;
        }
        auth_provider::log_in(&mut config.auth_info)?;
        let by_file = token_file::log_in(&mut config.auth_info);
        let by_plugin = plugin::log_in(&mut config.auth_info, cluster.as_ref()).await?;
        // A person waits: what is not available now is better said than waited for.
        config.default_retry = false;
        let server = format!("{}{from}", shown(&config.cluster_url));
        let is_verified = config.cluster_url.scheme_str() == Some("https") && !config.accept_invalid_certs;
        Ok(Login { config, server, renews: by_file || by_plugin, is_verified })
    }

    /// Context and server, which together tell one cluster from another. Nothing is dialled.
    pub(crate) fn identity(&self) -> Result<(String, String), ConnectionError> {
        let Some(selected) = self.selected()? else {
            return match &self.overrides.server {
                Some(server) => Ok((String::new(), server.clone())),
                None if pod::is_inside() => Ok((String::new(), "(from inside the cluster)".into())),
                None => Err(self.nowhere()),
            };
        };
        let server = if let Some(server) = &self.overrides.server {
            server.clone()
        } else {
            let (cluster, found) = self.cluster_of(&selected)?;
            found.server.clone().ok_or_else(|| ConnectionError::ClusterServer(cluster.into()))?
        };
        Ok((selected.name, server))
    }

    fn of_context(&self, selected: &Selected<'_>) -> Result<(Config, Cluster), ConnectionError> {
        let Selected { kubeconfig, context, .. } = selected;
        let (cluster, found) = self.cluster_of(selected)?;
        let mut config = cluster::config_of(cluster, found)?;
        let user = self.overrides.user.as_ref().or(context.user.as_ref());
        let named = kubeconfig.auth_infos.iter().find(|named| Some(&named.name) == user);
        match (named, &self.overrides.user) {
            (None, Some(user)) => return Err(ConnectionError::UnknownUser(user.clone())),
            // As client-go: a context may do without its user.
            (named, _) => {
                config.auth_info = named.and_then(|named| named.auth_info.clone()).unwrap_or_default();
            }
        }
        Ok((config, found.clone()))
    }

    fn cluster_of<'a>(
        &'a self,
        selected: &'a Selected<'_>,
    ) -> Result<(&'a str, &'a Cluster), ConnectionError> {
        let name = self.overrides.cluster.as_ref().unwrap_or(&selected.context.cluster);
        let named = selected.kubeconfig.clusters.iter().find(|named| named.name == *name);
        let found = named.and_then(|named| named.cluster.as_ref());
        found.map(|found| (name.as_str(), found)).ok_or_else(|| ConnectionError::UnknownCluster(name.clone()))
    }

    fn nowhere(&self) -> ConnectionError {
        ConnectionError::NoConfiguration(kubeconfig::files(self.kubeconfig.as_deref()))
    }

    /// The context that counts; none where there is no kubeconfig.
    ///
    /// Where flags name the cluster and no context does, there is one of no name.
    fn selected(&self) -> Result<Option<Selected<'_>>, ConnectionError> {
        let Some(kubeconfig) = self.read.get(self.kubeconfig.as_deref())? else {
            return Ok(None);
        };
        match (self.context_name(kubeconfig), &self.overrides.cluster, &self.overrides.server) {
            (Ok(name), _, _) => {
                let context = context_of(kubeconfig, &name)?.clone();
                Ok(Some(Selected { kubeconfig, name, context }))
            }
            (Err(_), Some(cluster), _) => {
                let context = Context { cluster: cluster.clone(), ..Context::default() };
                Ok(Some(Selected { kubeconfig, name: String::new(), context }))
            }
            (Err(_), None, Some(_)) => Ok(None),
            (Err(error), None, None) => Err(error),
        }
    }

    fn context_name(&self, kubeconfig: &Kubeconfig) -> Result<String, ConnectionError> {
        self.context
            .clone()
            .or_else(|| kubeconfig.current_context.clone())
            .filter(|name| !name.is_empty())
            .ok_or(ConnectionError::NoCurrentContext)
    }
}

fn context_of<'a>(kubeconfig: &'a Kubeconfig, name: &str) -> Result<&'a Context, ConnectionError> {
    let named = kubeconfig.contexts.iter().find(|named| named.name == name);
    let context = named.and_then(|named| named.context.as_ref());
    context.ok_or_else(|| ConnectionError::UnknownContext(name.into()))
}

/// An address without what it may hold to log in with.
fn shown(url: &http::Uri) -> String {
    let host = url.host().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme_str().unwrap_or("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBECONFIG: &str = r#"{"current-context": "a", "clusters": [{"name": "c", "cluster": {"server": "http://c"}}],
        "contexts": [{"name": "a", "context": {"cluster": "c"}},
                     {"name": "b", "context": {"cluster": "c", "namespace": "bees"}}]}"#;

    fn connection(text: &str, context: Option<&str>) -> (tempfile::NamedTempFile, Connection) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let connection = Connection {
            kubeconfig: Some(file.path().to_owned()),
            context: context.map(Into::into),
            ..Connection::default()
        };
        (file, connection)
    }

    #[test]
    fn namespaces_are_the_contexts() {
        let namespace = |context| {
            let (_file, connection) = connection(KUBECONFIG, context);
            connection.namespace()
        };
        assert_eq!(namespace(None).unwrap(), "default");
        assert_eq!(namespace(Some("b")).unwrap(), "bees");
        assert!(matches!(namespace(Some("z")), Err(ConnectionError::UnknownContext(name)) if name == "z"));
    }
}
