//! [`RestoreFlags`]: what `keys restore` takes.

use crate::cli::flag_value;
use crate::cli::unlock_flags::UnlockFlags;
use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help keys restore` begins with.
pub(crate) const LONG_ABOUT: &str = "Put the keys of a backup into the controller's namespace, before or after the controller's first start there; it counts them \
    at once. Keys that are there already, and whole, are left as they are, and nothing is overwritten: where another key, or a damaged \
    one, has the name, it is stored under another. So running it again is safe. A key that the backup or the cluster calls \
    compromised, if only in the condition Compromised of a SealedSecret, is never stored as active.\n\n\
    A controller that starts without keys makes one. If that happened since the keys were lost, and trying proves that no \
    SealedSecret in the cluster needs that key, it is retired: it stays in the cluster, but is not served, and opens nothing; \
    with --remove-stray it is deleted. What was sealed with it and is not in the cluster yet has to be sealed anew. If it is \
    needed, or either cannot be told, it stays active, and you are told why. A key that was made by renewal of another is not \
    one of these.\n\n\
    Keys are as old as their certificates, so that renewal goes on as if nothing had happened. (Under --key-order-priority \
    SecretCreationTimestamp they are as old as their Secrets, which is new: they are restored oldest first.)";

/// `keys restore FILE`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        {0} keys restore keys.age --identity ~/age.txt --dry-run\n  \
        {0} keys restore keys.age --identity ~/age.txt\n  \
        {0} keys restore keys.age    # asks for the passphrase", name()))]
pub(crate) struct RestoreFlags {
    /// The backup: of `keys backup`, or Secrets in YAML or JSON; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// Tell what would be done, and do nothing.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub dry_run: Option<bool>,

    /// Delete a key that the controller made meanwhile and nothing needs, instead of retiring it.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL", conflicts_with = "keep_stray")]
    pub remove_stray: Option<bool>,

    /// Leave a key that the controller made meanwhile as it is.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub keep_stray: Option<bool>,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}
