//! [`Connection`]: which cluster is meant, by kubeconfig and context or from inside a pod.
//!
//! Nothing here dials. Files are read when something is asked of them, and not before.

mod cluster;
mod error;
mod kubeconfig;
mod overrides;
mod plugin;
mod pod;
mod timeout;
mod token_file;

pub(crate) use error::ConnectionError;
pub(crate) use overrides::Overrides;
pub(crate) use timeout::Timeout;

use crate::proxy::proxy_for;
use kube::Config;
use kube::config::{Cluster, Context, Kubeconfig, NamedContext};
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
}

/// The cluster that flags and environment point to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Connection {
    /// From `--kubeconfig`; else `KUBECONFIG`, else `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// From `--context`; else the current one.
    pub context: Option<String>,
    /// From kubectl's other flags.
    pub overrides: Overrides,
}

impl Connection {
    /// What `--request-timeout` says, if it says anything.
    pub(crate) fn request_timeout(&self) -> Option<Timeout> {
        self.overrides.request_timeout
    }

    /// The namespace that a Secret without one belongs to.
    pub(crate) fn namespace(&self) -> Result<String, ConnectionError> {
        let stated = match self.selected()? {
            Some((kubeconfig, name)) => {
                context_of(&kubeconfig, &name)?.namespace.clone().filter(|namespace| !namespace.is_empty())
            }
            None if self.overrides.server.is_none() && !pod::is_inside() => return Err(self.nowhere()),
            None => None,
        };
        Ok(stated.or_else(pod::namespace).unwrap_or_else(|| DEFAULT_NAMESPACE.into()))
    }

    /// What a client needs to dial. A credential plugin is run for it.
    pub(crate) async fn log_in(&self) -> Result<Login, ConnectionError> {
        let mut cluster = None;
        let (mut config, direct, from) = match self.selected()? {
            Some((kubeconfig, name)) => {
                let (config, found) = self.of_context(&kubeconfig, &name)?;
                cluster = Some(found);
                (
                    config,
                    false,
                    if name.is_empty() { String::new() } else { format!(" (context \"{name}\")") },
                )
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
            config.proxy_url = proxy_for(&config.cluster_url, |name| std::env::var(name).ok())
                .and_then(|proxy| proxy.parse().ok());
        }
        let by_file = token_file::log_in(&mut config.auth_info);
        let by_plugin = plugin::log_in(&mut config.auth_info, cluster.as_ref()).await?;
        // A person waits: what is not available now is better said than waited for.
        config.default_retry = false;
        let server = format!("{}{from}", shown(&config.cluster_url));
        Ok(Login { config, server, renews: by_file || by_plugin })
    }

    /// Context and server, which together tell one cluster from another. Nothing is dialled.
    pub(crate) fn identity(&self) -> Result<(String, String), ConnectionError> {
        let Some((kubeconfig, name)) = self.selected()? else {
            return match &self.overrides.server {
                Some(server) => Ok((String::new(), server.clone())),
                None if pod::is_inside() => Ok((String::new(), "(from inside the cluster)".into())),
                None => Err(self.nowhere()),
            };
        };
        let server = if let Some(server) = &self.overrides.server {
            server.clone()
        } else {
            let (cluster, found) = self.cluster_of(&kubeconfig, context_of(&kubeconfig, &name)?)?;
            found.server.clone().ok_or_else(|| ConnectionError::ClusterServer(cluster.into()))?
        };
        Ok((name, server))
    }

    fn of_context(&self, kubeconfig: &Kubeconfig, name: &str) -> Result<(Config, Cluster), ConnectionError> {
        let context = context_of(kubeconfig, name)?;
        let (cluster, found) = self.cluster_of(kubeconfig, context)?;
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
        kubeconfig: &'a Kubeconfig,
        context: &'a Context,
    ) -> Result<(&'a str, &'a Cluster), ConnectionError> {
        let name = self.overrides.cluster.as_ref().unwrap_or(&context.cluster);
        let named = kubeconfig.clusters.iter().find(|named| named.name == *name);
        let found = named.and_then(|named| named.cluster.as_ref());
        found.map(|found| (name.as_str(), found)).ok_or_else(|| ConnectionError::UnknownCluster(name.clone()))
    }

    fn nowhere(&self) -> ConnectionError {
        ConnectionError::NoConfiguration(kubeconfig::files(self.kubeconfig.as_deref()))
    }

    /// The kubeconfig and the name of the context that counts; none where there is no kubeconfig.
    ///
    /// Where flags name the cluster and no context does, there is one of no name.
    fn selected(&self) -> Result<Option<(Kubeconfig, String)>, ConnectionError> {
        let Some(mut kubeconfig) = kubeconfig::read(self.kubeconfig.as_deref())? else {
            return Ok(None);
        };
        match (self.context_name(&kubeconfig), &self.overrides.cluster, &self.overrides.server) {
            (Ok(name), _, _) => Ok(Some((kubeconfig, name))),
            (Err(_), Some(cluster), _) => {
                let context = Context { cluster: cluster.clone(), ..Context::default() };
                let named = NamedContext { context: Some(context), ..NamedContext::default() };
                kubeconfig.contexts.push(named);
                Ok(Some((kubeconfig, String::new())))
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
