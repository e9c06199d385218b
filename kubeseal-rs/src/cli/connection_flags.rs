//! [`ConnectionFlags`]: which cluster, as typed; under kubectl's names. What they mean is in `connection`.

use clap::Args;
use std::path::PathBuf;

/// Shared by every command that may talk to a cluster.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ConnectionFlags {
    /// Kubeconfig to use; else $KUBECONFIG, else ~/.kube/config.
    #[arg(long, env = "SEALED_SECRETS_KUBECONFIG", hide_env = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig; else the current one.
    #[arg(long, env = "SEALED_SECRETS_CONTEXT", hide_env = true, value_name = "CONTEXT")]
    pub context: Option<String>,
}
