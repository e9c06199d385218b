//! [`Connection`]: which cluster is meant, by kubeconfig and context or from inside a pod.
//!
//! Nothing here dials. Files are read when something is asked of them, and not before.

mod error;

pub(crate) use error::ConnectionError;

use crate::proxy::proxy_for;
use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
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
}

impl Connection {
    /// The namespace that a Secret without one belongs to.
    pub(crate) fn namespace(&self) -> Result<String, ConnectionError> {
        let Some(kubeconfig) = self.read()? else {
            return pod_namespace().ok_or(ConnectionError::NoConfiguration);
        };
        let name = self.context_name(&kubeconfig)?;
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
        let Some(kubeconfig) = self.read()? else {
            if pod_namespace().is_none() {
                return Err(ConnectionError::NoConfiguration);
            }
            let mut config = Config::incluster().map_err(ConnectionError::Pod)?;
            config.default_retry = false;
            let described = format!("{} (from inside the cluster)", config.cluster_url);
            return Ok((config, described));
        };
        let name = self.context_name(&kubeconfig)?;
        let options = KubeConfigOptions { context: Some(name.clone()), ..KubeConfigOptions::default() };
        let states_proxy = Self::states_proxy(&kubeconfig, &name);
        let mut config =
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| match error {
                KubeconfigError::LoadContext(_) => ConnectionError::UnknownContext(name.clone()),
                KubeconfigError::ParseNoProxy(_) => ConnectionError::NoProxy,
                other => ConnectionError::Unusable(other),
            })?;
        if !states_proxy {
            config.proxy_url = proxy_for(&config.cluster_url, |name| std::env::var(name).ok())
                .and_then(|proxy| proxy.parse().ok());
        }
        let server = config.cluster_url.to_string();
        let described = format!("{} (context \"{name}\")", server.trim_end_matches('/'));
        // A person waits: what is not available now is better said than waited for.
        config.default_retry = false;
        Ok((config, described))
    }

    /// Whether the context's cluster has a proxy of its own, which then counts whatever the environment says.
    fn states_proxy(kubeconfig: &Kubeconfig, context: &str) -> bool {
        let context = kubeconfig.contexts.iter().find(|named| named.name == context);
        let cluster = context.and_then(|named| named.context.as_ref()).map(|context| &context.cluster);
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
        let connection =
            Connection { kubeconfig: Some(file.path().to_owned()), context: context.map(Into::into) };
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
