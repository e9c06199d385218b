//! [`RebindFlags`]: the flags that `move` and `rescope` have in common.

use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value;
use crate::settings::recipient_flags::RecipientFlags;
use crate::settings::recovery_flags::RecoveryFlags;
use clap::Args;
use std::path::PathBuf;

/// What is changed, what opens it, and for whom it is sealed.
#[derive(Debug, Args)]
pub(crate) struct RebindFlags {
    /// File with the SealedSecret, in YAML or JSON; changed in place.
    pub file: PathBuf,

    /// The SealedSecret of this name, if the file has several.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Namespace of a SealedSecret without one, as where kustomize adds it; of several with one name, the one in this namespace.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace)]
    pub namespace: Option<String>,

    /// Write it to this file, alone, and leave the first file as it is.
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Overwrite the file of -w, and seal for several clusters with the scope cluster-wide.
    #[arg(long)]
    pub force: Option<bool>,

    #[command(flatten)]
    pub recovery: RecoveryFlags,

    #[command(flatten)]
    pub recipients: RecipientFlags,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
