//! [`UnlockFlags`]: the flags that say what an encrypted backup of keys is decrypted with; how is in `key_store::backup`. [`KeyOpenerFlags`]: what
//! wrapped keys are opened with on this machine; how is in `key_store::key_opener`.

use crate::settings::flag_value;
use clap::Args;
use std::path::PathBuf;

/// Shared by every command that reads backups of keys.
#[derive(Debug, Default, Args)]
pub(crate) struct UnlockFlags {
    /// A file of age identities (AGE-SECRET-KEY-1…), which open backups and wrapped keys, or an SSH private key, which opens backups; may be repeated.
    #[arg(short = 'i', long, env = "SEALED_SECRETS_IDENTITY", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub identity: Vec<PathBuf>,

    /// Decrypt a backup, or what --identity names, with the passphrase on the first line of this file (default: a prompt, also for a file of identities that
    /// it does not open).
    #[arg(long, env = "SEALED_SECRETS_PASSPHRASE_FILE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub passphrase_file: Option<PathBuf>,
}

/// What opens wrapped keys.
#[derive(Debug, Default, Args)]
pub(crate) struct KeyOpenerFlags {
    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// A provider that the keys are wrapped with, as in the controller's --key-wrap-with; may be repeated. No other is contacted,
    /// whatever the keys say.
    #[arg(
        long,
        env = "SEALED_SECRETS_KEY_UNWRAP_WITH",
        hide_env = true,
        value_delimiter = ' ',
        value_name = "URI"
    )]
    pub key_unwrap_with: Vec<String>,

    /// The cluster name that the keys must have been wrapped for (default: the one that each names).
    #[arg(long, env = "SEALED_SECRETS_CLUSTER_NAME", hide_env = true, value_name = "NAME")]
    pub cluster_name: Option<String>,
}
