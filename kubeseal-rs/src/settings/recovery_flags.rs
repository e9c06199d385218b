//! [`RecoveryFlags`]: the flags that say what SealedSecrets are opened with, without a controller. `key_store` reads the files.

use crate::settings::flag_value;
use crate::settings::unlock_flags::UnlockFlags;
use clap::Args;
use std::path::PathBuf;

/// Shared by the commands that open SealedSecrets in files.
#[derive(Debug, Default, Args)]
pub(crate) struct RecoveryFlags {
    /// Open with the private keys (PEM) or the backup of keys in this file, encrypted or not, and not through the controller; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_RECOVERY_PRIVATE_KEY",
        hide_env = true,
        value_delimiter = ',',
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub recovery_private_key: Vec<PathBuf>,

    #[command(flatten)]
    pub unlock: UnlockFlags,
}
