//! [`CertificateFlags`]: the flags that say where the certificate is. `certificate` fetches it.

use clap::Args;

/// Shared by every command that seals or sends requests to the controller.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Certificate")]
pub(crate) struct CertificateFlags {
    /// Certificate to seal with, as a file or URL; needs no cluster.
    #[arg(long, env = "SEALED_SECRETS_CERT", hide_env = true, value_name = "FILE|URL")]
    pub cert: Option<String>,

    /// Name of the controller's Service (default: sealed-secrets-controller).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAME", hide_env = true, value_name = "NAME")]
    pub controller_name: Option<String>,

    /// Namespace of the controller's Service (default: kube-system).
    #[arg(long, env = "SEALED_SECRETS_CONTROLLER_NAMESPACE", hide_env = true, value_name = "NAMESPACE")]
    pub controller_namespace: Option<String>,

    /// Seal with the certificate that the controller served last; needs no cluster.
    #[arg(long, env = "SEALED_SECRETS_OFFLINE", hide_env = true)]
    pub offline: Option<bool>,
}
