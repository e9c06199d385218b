//! [`Connection`]: the flags that choose a cluster; [`Target`]: the cluster that they chose.
//!
//! Nothing here dials. The target is resolved when something is first asked of it, and once in a run: commands that need no cluster need no
//! kubeconfig.

pub(crate) mod error;
pub(crate) mod kubeconfig;
pub(crate) mod overrides;
pub(crate) mod pod;
pub(crate) mod selected;
pub(crate) mod target;
pub(crate) mod timeout;

use crate::cluster::error::ConnectionError;
use crate::cluster::overrides::Overrides;
use crate::cluster::target::Target;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What flags say about the cluster. Copies share one target.
#[derive(Clone, Default)]
pub(crate) struct Connection {
    /// From `--kubeconfig`; else `KUBECONFIG`, else `~/.kube/config`.
    kubeconfig: Option<PathBuf>,
    /// From `--context`; else the current one.
    context: Option<String>,
    /// From kubectl's other flags.
    overrides: Overrides,
    target: Arc<OnceLock<Result<Arc<Target>, Arc<ConnectionError>>>>,
}

impl Connection {
    /// From the flags, of which none is an empty value.
    pub(crate) fn new(kubeconfig: Option<PathBuf>, context: Option<String>, overrides: Overrides) -> Self {
        Self { kubeconfig, context, overrides, target: Arc::default() }
    }

    /// The cluster of this run. The first call resolves it; a failure stays one as well.
    pub(crate) fn target(&self) -> Result<Arc<Target>, Arc<ConnectionError>> {
        let resolve = || Target::resolve(self).map(Arc::new).map_err(Arc::new);
        self.target.get_or_init(resolve).clone()
    }

    /// Context and server, which together tell one cluster from another.
    pub(crate) fn identity(&self) -> Result<(String, String), Arc<ConnectionError>> {
        self.target()?.identity()
    }
}

/// Shows nothing of the target: credentials stand in it.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kubeconfig, context, overrides, target: _ } = self;
        f.debug_struct("Connection")
            .field("kubeconfig", kubeconfig)
            .field("context", context)
            .field("overrides", overrides)
            .finish_non_exhaustive()
    }
}

pub(crate) mod login;
pub(crate) mod proxy;
pub(crate) mod runtime;
pub(crate) mod server;
pub(crate) mod session;
#[cfg(test)]
mod tests;
