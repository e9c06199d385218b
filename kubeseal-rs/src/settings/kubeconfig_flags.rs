//! [`KubeconfigFlags`]: the flags of commands that connect to several clusters. Flags that replace parts of a connection, such as
//! `--token`, would mean one of them.

use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value;
use clap::Args;
use std::path::PathBuf;

/// Shared by the commands for the clusters of a project file.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct KubeconfigFlags {
    /// Kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config).
    #[arg(long, env = "SEALED_SECRETS_KUBECONFIG", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub kubeconfig: Option<PathBuf>,

    /// Name of the controller's Service, where the project file names none (default: sealed-secrets-controller).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAME", hide_env = true, value_name = "NAME")]
    pub controller_name: Option<String>,

    /// Namespace of the controller's Service, where the project file names none (default: kube-system).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAMESPACE", hide_env = true, value_name = "NAMESPACE")]
    pub controller_namespace: Option<String>,

    /// How long to wait for a response, as in 30s or 2m; 0 is for ever.
    #[arg(long, env = "SEALED_SECRETS_REQUEST_TIMEOUT", hide_env = true, value_name = "DURATION")]
    pub request_timeout: Option<String>,
}

impl KubeconfigFlags {
    /// The flags of a connection to this context.
    pub(crate) fn connection(&self, context: &str) -> ConnectionFlags {
        ConnectionFlags {
            kubeconfig: self.kubeconfig.clone(),
            context: Some(context.to_owned()),
            request_timeout: self.request_timeout.clone(),
            ..ConnectionFlags::default()
        }
    }
}
