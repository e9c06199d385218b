//! [`Cluster`]: the cluster that flags and kubeconfig name. `session` sends requests to it.
//!
//! Nothing here connects. The kubeconfig is read before the first request, and once in a run: commands that need no
//! cluster need no kubeconfig.

pub(crate) mod auth;
pub(crate) mod error;
pub(crate) mod gitops;
pub(crate) mod kubeconfig;
pub(crate) mod overrides;
pub(crate) mod pod;
pub(crate) mod proxy;
pub(crate) mod resolved;
pub(crate) mod runtime;
pub(crate) mod selected;
pub(crate) mod server;
pub(crate) mod session;
#[cfg(test)]
mod tests;

use crate::cluster::error::ConnectionError;
use crate::cluster::resolved::ResolvedCluster;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::timeout::Timeout;
use crate::settings::usage_error::UsageError;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A cluster. Copies share what the kubeconfig says.
#[derive(Clone, Default)]
pub(crate) struct Cluster(Arc<Lazy>);

#[derive(Default)]
struct Lazy {
    flags: ConnectionFlags,
    request_timeout: Option<Timeout>,
    resolved: OnceLock<Result<ResolvedCluster, Arc<ConnectionError>>>,
}

impl Cluster {
    /// The cluster that the flags name. Refuses a `--request-timeout` that is not a duration.
    pub(crate) fn from_args(flags: ConnectionFlags) -> Result<Self, UsageError> {
        let timeout = |text: &String| text.parse().map_err(|_| UsageError::RequestTimeout(text.clone()));
        let request_timeout = flags.request_timeout.as_ref().map(timeout).transpose()?;
        Ok(Self(Arc::new(Lazy { flags, request_timeout, resolved: OnceLock::new() })))
    }

    /// What flags, kubeconfig and environment say about the cluster. The first call reads them; a failure is stored as
    /// well.
    pub(crate) fn resolved(&self) -> Result<&ResolvedCluster, Arc<ConnectionError>> {
        let resolve = || ResolvedCluster::resolve(&self.0.flags, self.0.request_timeout).map_err(Arc::new);
        self.0.resolved.get_or_init(resolve).as_ref().map_err(Arc::clone)
    }

    /// The name of the context that flags or kubeconfig choose. None without one, and where the kubeconfig cannot be used.
    pub(crate) fn context(&self) -> Option<&str> {
        self.resolved().ok().map(ResolvedCluster::context).filter(|name| !name.is_empty())
    }

    /// The flags that choose this cluster, as words of a command of this program or of kubectl.
    pub(crate) fn words(&self) -> Vec<String> {
        self.0.flags.words()
    }

    /// As [`Cluster::words`], without the user: for another one.
    pub(crate) fn words_for_others(&self) -> Vec<String> {
        self.0.flags.words_for_others()
    }

    /// Context and server, which together identify a cluster.
    pub(crate) fn identity(&self) -> Result<(String, String), Arc<ConnectionError>> {
        self.resolved()?.identity()
    }
}

/// Shows nothing of the kubeconfig, which holds credentials.
impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("flags", &self.0.flags).finish_non_exhaustive()
    }
}
