//! [`Connection`]: which cluster is meant, by kubeconfig and context or from inside a pod.
//!
//! Nothing here dials. Files are read when something is asked of them, and not before.

mod error;
mod overrides;
mod timeout;

pub(crate) use error::ConnectionError;
pub(crate) use overrides::Overrides;
pub(crate) use timeout::Timeout;

use crate::proxy::proxy_for;
use kube::Config;
use kube::config::{Context, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedContext};
use std::path::{Path, PathBuf};

/// Where a pod finds the namespace it runs in.
const POD_NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// The namespace of a context that states none.
const DEFAULT_NAMESPACE: &str = "default";

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
        let Some((kubeconfig, name)) = self.selected()? else {
            return match pod_namespace() {
                _ if self.overrides.server.is_some() => Ok(DEFAULT_NAMESPACE.into()),
                Some(namespace) => Ok(namespace),
                None => Err(ConnectionError::NoConfiguration),
            };
        };
        kubeconfig
            .contexts
            .iter()
            .find(|context| context.name == name)
            .map(|context| {
                let namespace = context.context.as_ref().and_then(|context| context.namespace.clone());
                namespace
                    .filter(|namespace| !namespace.is_empty())
                    .unwrap_or_else(|| DEFAULT_NAMESPACE.into())
            })
            .ok_or(ConnectionError::UnknownContext(name))
    }

    /// What a client needs to dial, and the words that tell a person which cluster that is.
    pub(crate) async fn config(&self) -> Result<(Config, String), ConnectionError> {
        let (mut config, states_proxy, from) = match self.selected()? {
            Some((kubeconfig, name)) => {
                let states_proxy = self.states_proxy(&kubeconfig, &name);
                let from = if name.is_empty() { String::new() } else { format!(" (context \"{name}\")") };
                (self.of_context(kubeconfig, name).await?, states_proxy, from)
            }
            None => match self.overrides.server_url()? {
                Some(url) => (Config::new(url), false, String::new()),
                None if pod_namespace().is_some() => {
                    let config = Config::incluster().map_err(ConnectionError::Pod)?;
                    // The way from a pod to its API server leads through no proxy.
                    (config, true, " (from inside the cluster)".into())
                }
                None => return Err(ConnectionError::NoConfiguration),
            },
        };
        self.overrides.apply(&mut config)?;
        if !states_proxy && self.overrides.proxy_url.is_none() {
            config.proxy_url = proxy_for(&config.cluster_url, |name| std::env::var(name).ok())
                .and_then(|proxy| proxy.parse().ok());
        }
        // A person waits: what is not available now is better said than waited for.
        config.default_retry = false;
        let described = format!("{}{from}", shown(&config.cluster_url));
        Ok((config, described))
    }

    /// Context and server, which together tell one cluster from another. Nothing is dialled.
    pub(crate) fn identity(&self) -> Result<(String, String), ConnectionError> {
        let Some((kubeconfig, name)) = self.selected()? else {
            return match &self.overrides.server {
                Some(server) => Ok((String::new(), server.clone())),
                None if pod_namespace().is_some() => Ok((String::new(), "(from inside the cluster)".into())),
                None => Err(ConnectionError::NoConfiguration),
            };
        };
        let context = kubeconfig.contexts.iter().find(|named| named.name == name);
        let Some(context) = context.and_then(|named| named.context.as_ref()) else {
            return Err(ConnectionError::UnknownContext(name));
        };
        let cluster = self.overrides.cluster.as_ref().unwrap_or(&context.cluster);
        let server = self.overrides.server.clone().or_else(|| {
            let named = kubeconfig.clusters.iter().find(|named| named.name == *cluster)?;
            named.cluster.as_ref()?.server.clone()
        });
        server.map(|server| (name, server)).ok_or_else(|| ConnectionError::UnknownCluster(cluster.clone()))
    }

    async fn of_context(&self, kubeconfig: Kubeconfig, name: String) -> Result<Config, ConnectionError> {
        let user = self.overrides.user.clone();
        if let Some(user) =
            user.as_ref().filter(|user| !kubeconfig.auth_infos.iter().any(|named| named.name == **user))
        {
            return Err(ConnectionError::UnknownUser(user.clone()));
        }
        let options =
            KubeConfigOptions { context: Some(name.clone()), cluster: self.overrides.cluster.clone(), user };
        Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| match error {
            KubeconfigError::LoadContext(_) => ConnectionError::UnknownContext(name),
            KubeconfigError::LoadClusterOfContext(cluster) => ConnectionError::UnknownCluster(cluster),
            KubeconfigError::ParseNoProxy(_) => ConnectionError::NoProxy,
            other => ConnectionError::Unusable(other),
        })
    }

    /// The kubeconfig and the name of the context that counts; none where there is no kubeconfig.
    ///
    /// Where flags name the cluster and no context does, there is one of no name.
    fn selected(&self) -> Result<Option<(Kubeconfig, String)>, ConnectionError> {
        let Some(mut kubeconfig) = self.read()? else {
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

    /// Whether the context's cluster has a proxy of its own, which then counts whatever the environment says.
    fn states_proxy(&self, kubeconfig: &Kubeconfig, context: &str) -> bool {
        let context = kubeconfig.contexts.iter().find(|named| named.name == context);
        let cluster = context.and_then(|named| named.context.as_ref()).map(|context| &context.cluster);
        let cluster = self.overrides.cluster.as_ref().or(cluster);
        kubeconfig
            .clusters
            .iter()
            .find(|named| Some(&named.name) == cluster)
            .and_then(|named| named.cluster.as_ref())
            .and_then(|cluster| cluster.proxy_url.as_ref())
            .is_some_and(|proxy| !proxy.is_empty())
    }

    fn context_name(&self, kubeconfig: &Kubeconfig) -> Result<String, ConnectionError> {
        self.context
            .clone()
            .or_else(|| kubeconfig.current_context.clone())
            .filter(|name| !name.is_empty())
            .ok_or(ConnectionError::NoCurrentContext)
    }

    /// The merged kubeconfig, or none where there is no file, or only empty ones.
    fn read(&self) -> Result<Option<Kubeconfig>, ConnectionError> {
        let mut merged = Kubeconfig::default();
        for path in self.files() {
            let next = Kubeconfig::read_from(&path).map_err(|error| match error {
                KubeconfigError::ReadConfig(source, path) => ConnectionError::Read { path, source },
                // Its text would quote the file.
                _ => ConnectionError::Malformed(path),
            })?;
            merged = merged.merge(next).map_err(|_| ConnectionError::Merge)?;
        }
        let is_empty = merged.contexts.is_empty() && merged.clusters.is_empty();
        Ok((!is_empty).then_some(merged))
    }

    /// As kubectl has it: the file that was named must exist, others may be missing.
    fn files(&self) -> Vec<PathBuf> {
        if let Some(file) = &self.kubeconfig {
            return vec![file.clone()];
        }
        let listed: Vec<PathBuf> = std::env::var_os("KUBECONFIG")
            .map(|list| std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect())
            .unwrap_or_default();
        let candidates = if listed.is_empty() {
            std::env::home_dir().map(|home| home.join(".kube").join("config")).into_iter().collect()
        } else {
            listed
        };
        candidates.into_iter().filter(|path| path.exists()).collect()
    }
}

/// An address without what it may hold to log in with.
fn shown(url: &http::Uri) -> String {
    let host = url.host().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme_str().unwrap_or("http"))
}

fn pod_namespace() -> Option<String> {
    std::env::var_os("KUBERNETES_SERVICE_HOST")?;
    std::fs::read_to_string(Path::new(POD_NAMESPACE))
        .ok()
        .map(|namespace| namespace.trim().to_owned())
        .filter(|namespace| !namespace.is_empty())
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

    #[test]
    fn nothing_of_a_broken_kubeconfig_is_shown() {
        let (_file, connection) = connection("users: [{name: a, user: {token: hunter2-token}", None);
        let error = connection.namespace().unwrap_err();
        assert!(matches!(error, ConnectionError::Malformed(_)));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
