//! [`BackupFlags`]: what `keys backup` takes.

use crate::cli::flag_value;
use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help keys backup` begins with.
pub(crate) const LONG_ABOUT: &str = "Write all sealing keys to a file, whatever their state, encrypted in the format of age (https://age-encryption.org): to \
    the recipients named, or to a passphrase, which is asked for at a terminal. Only you may read the file, and one that is \
    there is not overwritten. A Secret that is labelled as a key and is none is named, and left out.\n\n\
    What is encrypted is a List of Secrets, as kubectl writes it: without this program, `age -d keys.age | kubectl apply -f -` \
    restores it. With --recovery-private-key, --recovery-unseal and `reseal` open with it where there is no cluster. With --plain \
    the List is written as it is; with it, everything can be opened.";

/// `keys backup`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        {0} keys backup --recipient age1… -o keys.age\n  \
        {0} keys backup --recipients-file admins.txt > keys.age\n  \
        {0} keys backup -o keys.age    # asks for a passphrase", name()))]
pub(crate) struct BackupFlags {
    /// Where to write; else standard output.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Whom to encrypt to: a public key of age (age1…); may be repeated.
    #[arg(short = 'r', long, value_name = "AGE1…", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipient: Vec<String>,

    /// A file of recipients, one on each line; may be repeated.
    #[arg(short = 'R', long, value_name = "FILE", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipients_file: Vec<PathBuf>,

    /// Encrypt to the passphrase on the first line of this file.
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub passphrase_file: Option<PathBuf>,

    /// Do not encrypt.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub plain: Option<bool>,

    /// Overwrite the file if it is there.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub force: Option<bool>,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}
