//! [`KeyStoreFlags`]: the flags that find the keys of a controller.

use crate::settings::connection_flags::ConnectionFlags;
use clap::Args;

/// The flags of all commands of `keys` that find the controller and its keys.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct KeyStoreFlags {
    /// Name of the controller's Service, which is asked what it serves; else sealed-secrets-controller.
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAME", hide_env = true, value_name = "NAME")]
    pub controller_name: Option<String>,

    /// Namespace of the controller and its keys; else kube-system.
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAMESPACE", hide_env = true, value_name = "NAMESPACE")]
    pub controller_namespace: Option<String>,

    /// Start of the names of sealing keys, as the controller's --key-prefix has it; else sealed-secrets-key.
    #[arg(long, env = "SEALED_SECRETS_KEY_PREFIX", hide_env = true, value_name = "PREFIX")]
    pub key_prefix: Option<String>,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
