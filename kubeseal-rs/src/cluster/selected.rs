//! [`Selected`]: the context of a kubeconfig that flags and the kubeconfig itself choose, with its cluster and its user.

use crate::cluster::error::ConnectionError;
use crate::settings::connection_flags::{ConnectionFlags, given};
use kube::config::{AuthInfo, Cluster, Context, Kubeconfig};

/// A context, and the flags that replace parts of it.
pub(crate) struct Selected<'a> {
    kubeconfig: &'a Kubeconfig,
    flags: &'a ConnectionFlags,
    /// Empty where flags name the cluster and no context does.
    pub name: String,
    context: Context,
}

impl<'a> Selected<'a> {
    /// The context that flags or kubeconfig choose. None if `--server` names the cluster and nothing names a context. If `--cluster` names the
    /// cluster and nothing names a context, the context has no name.
    pub(crate) fn of(
        kubeconfig: &'a Kubeconfig,
        flags: &'a ConnectionFlags,
    ) -> Result<Option<Self>, ConnectionError> {
        let stated = given(flags.context.as_ref()).or(kubeconfig.current_context.as_deref());
        let selected = |name, context| Some(Self { kubeconfig, flags, name, context });
        match (
            stated.filter(|name| !name.is_empty()),
            given(flags.cluster.as_ref()),
            given(flags.server.as_ref()),
        ) {
            (Some(name), _, _) => Ok(selected(name.to_owned(), context_of(kubeconfig, name)?.clone())),
            (None, Some(cluster), _) => {
                Ok(selected(String::new(), Context { cluster: cluster.to_owned(), ..Context::default() }))
            }
            (None, None, Some(_)) => Ok(None),
            (None, None, None) => Err(ConnectionError::NoCurrentContext),
        }
    }

    /// The namespace of the context.
    pub(crate) fn namespace(&self) -> Option<String> {
        self.context.namespace.clone().filter(|namespace| !namespace.is_empty())
    }

    /// The cluster that `--cluster` or the context names.
    pub(crate) fn cluster(&self) -> Result<(&str, &'a Cluster), ConnectionError> {
        let name = given(self.flags.cluster.as_ref()).unwrap_or(&self.context.cluster);
        let named = self.kubeconfig.clusters.iter().find(|named| named.name == name);
        let found = named.and_then(|named| named.cluster.as_ref());
        found.map(|found| (name, found)).ok_or_else(|| ConnectionError::UnknownCluster(name.to_owned()))
    }

    /// The cluster's server, as the kubeconfig states it.
    pub(crate) fn server(&self) -> Result<String, ConnectionError> {
        let (name, cluster) = self.cluster()?;
        cluster.server.clone().ok_or_else(|| ConnectionError::ClusterServer(name.into()))
    }

    /// The user that `--user` or the context names. As in client-go, a context without a user is valid.
    pub(crate) fn user(&self) -> Result<AuthInfo, ConnectionError> {
        let user = given(self.flags.user.as_ref()).or(self.context.user.as_deref());
        let named = self.kubeconfig.auth_infos.iter().find(|named| Some(named.name.as_str()) == user);
        match (named, given(self.flags.user.as_ref())) {
            (None, Some(user)) => Err(ConnectionError::UnknownUser(user.to_owned())),
            (named, _) => Ok(named.and_then(|named| named.auth_info.clone()).unwrap_or_default()),
        }
    }
}

fn context_of<'a>(kubeconfig: &'a Kubeconfig, name: &str) -> Result<&'a Context, ConnectionError> {
    let named = kubeconfig.contexts.iter().find(|named| named.name == name);
    let context = named.and_then(|named| named.context.as_ref());
    context.ok_or_else(|| ConnectionError::UnknownContext(name.into()))
}
