//! [`UnlockFlags`]: the flags that say what an encrypted backup of keys is decrypted with. How it is decrypted is in `key_store::backup`.

use crate::settings::flag_value;
use clap::Args;
use std::path::PathBuf;

/// Shared by every command that reads backups of keys.
#[derive(Debug, Default, Args)]
pub(crate) struct UnlockFlags {
    /// A file of age identities (AGE-SECRET-KEY-1…), or an SSH private key, to decrypt a backup with; may be repeated.
    #[arg(short = 'i', long, env = "SEALED_SECRETS_IDENTITY", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub identity: Vec<PathBuf>,

    /// Decrypt a backup, or the SSH key of --identity, with the passphrase on the first line of this file (default: a prompt).
    #[arg(long, env = "SEALED_SECRETS_PASSPHRASE_FILE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub passphrase_file: Option<PathBuf>,
}
