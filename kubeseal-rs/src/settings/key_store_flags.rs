//! [`KeyStoreFlags`]: the flags that find the keys of a controller.

use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::project_flags::ProjectFlags;
use clap::Args;

/// The flags of all `keys` commands that find the controller and its keys.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct KeyStoreFlags {
    /// Name of the controller's Service, which serves the certificate (default: sealed-secrets-controller).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAME", hide_env = true, value_name = "NAME")]
    pub controller_name: Option<String>,

    /// Namespace of the controller and its keys (default: kube-system).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAMESPACE", hide_env = true, value_name = "NAMESPACE")]
    pub controller_namespace: Option<String>,

    /// Prefix of the names of sealing keys, as in the controller's --key-prefix (default: sealed-secrets-key).
    #[arg(long, env = "SEALED_SECRETS_KEY_PREFIX", hide_env = true, value_name = "PREFIX")]
    pub key_prefix: Option<String>,

    #[command(flatten)]
    pub project: ProjectFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
