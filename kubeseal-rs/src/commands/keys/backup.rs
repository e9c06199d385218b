//! `keys backup`: all keys into one file. `check` says whether a file has the newest key.

pub(crate) mod check;
pub(crate) mod destination;
pub(crate) mod key_backup;

use crate::commands::keys::backup::check::check;
use crate::commands::keys::backup::destination::Destination;
use crate::commands::keys::backup::key_backup::KeyBackup;
use crate::commands::keys::error::KeysError;
use crate::error::{CommandError, Hint as _};
use crate::files::output::print_text;
use crate::key_store::KeyStore;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::backup::encrypt::Encryption;
use crate::key_store::backup_object::BackupObject;
use crate::key_store::stored_key::StoredKey;
use crate::settings::flag_value::{self, path_of, texts};
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::usage_error::UsageError;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use api::sealing_key::BACKED_UP;
use clap::Args;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

/// The first part of `help keys backup`.
pub(crate) const LONG_ABOUT: &str = "Write all sealing keys to a file, whatever their state, encrypted in the format of age \
    (https://age-encryption.org): to the given recipients, or to a passphrase, for which you are \
    prompted at a terminal. A passphrase that a laptop guesses is refused. Recipients are public keys of age, and of SSH, as \
    in ~/.ssh/id_ed25519.pub and https://github.com/USER.keys. Only you may read the file, and an existing one is not overwritten. A Secret \
    that is labelled as a key and holds none is reported, and left out. Wrapped keys and escrow copies are in it as they are: nothing is unwrapped.\n\n\
    The encrypted text is a List of Secrets, as kubectl writes it: without this program, `age -d \
    keys.age | kubectl apply -f -` restores it. With --recovery-private-key, --recovery-unseal and \
    `reseal` open SealedSecrets with it without a cluster. With --plain the List is not encrypted; any \
    user who has it can open everything.\n\n\
    Each key's Secret then says which recipients have it, and since when, in the annotation \
    sealedsecrets.bitnami.com/backed-up, by which the controller's metrics and `--check` know that there is a backup. \
    With --check, nothing is written: exit code 0 says that the file has the newest key, 1 that it has not, or that it is \
    not known without --identity.";

/// Write all keys to a file, encrypted.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys backup --recipient age1… -o keys.age\n  \
        {0} keys backup --recipients-file admins.txt > keys.age\n  \
        {0} keys backup --recipient \"$(cat ~/.ssh/id_ed25519.pub)\" -o keys.age\n  \
        {0} keys backup --recipients-file admins.txt -o backups/    # a file for each time\n  \
        {0} keys backup -o keys.age    # asks for a passphrase\n\n  \
        # Is the newest key in it?\n  \
        {0} keys backup --check keys.age --identity age.txt", name()))]
pub(crate) struct BackupArgs {
    /// Where to write (default: standard output). In a directory, a new file that is named by the time.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write into this object of the controller's namespace, which must exist: secret/NAME or configmap/NAME.
    #[arg(long, value_name = "KIND/NAME", conflicts_with_all = ["output", "plain"])]
    pub into: Option<BackupObject>,

    /// Recipient of the encryption: a public key of age (age1…) or SSH (ssh-ed25519 …, ssh-rsa …); may be repeated.
    #[arg(short = 'r', long, value_name = "KEY", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipient: Vec<String>,

    /// A file of recipients, one on each line, as SSH lists authorized keys; may be repeated.
    #[arg(short = 'R', long, value_name = "FILE", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipients_file: Vec<PathBuf>,

    /// Encrypt to the passphrase on the first line of this file.
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub passphrase_file: Option<PathBuf>,

    /// Do not encrypt.
    #[arg(long)]
    pub plain: Option<bool>,

    /// Overwrite an existing file; with --into, also keep no earlier backup of keys that the cluster does not have any more.
    #[arg(long)]
    pub force: Option<bool>,

    /// Do not say on the keys' Secrets that there is a backup, which takes the right to patch them.
    #[arg(long)]
    pub no_record: Option<bool>,

    /// Write nothing, and say whether this backup has the newest key.
    #[arg(long, value_name = "FILE", value_parser = flag_value::path(),
          conflicts_with_all = ["output", "into", "recipient", "recipients_file", "plain", "force", "no_record"])]
    pub check: Option<PathBuf>,

    /// A file of identities to decrypt the backup of --check with: of age, or an SSH private key; may be repeated.
    #[arg(short = 'i', long, env = "SEALED_SECRETS_IDENTITY", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub identity: Vec<PathBuf>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

impl Encryption {
    fn from_args(args: &mut BackupArgs) -> Result<Self, UsageError> {
        let recipients = texts(std::mem::take(&mut args.recipient));
        let files = std::mem::take(&mut args.recipients_file);
        let is_to_some = !recipients.is_empty() || !files.is_empty();
        match (args.plain == Some(true), is_to_some, path_of(args.passphrase_file.take())) {
            (true, true, _) | (true, _, Some(_)) => Err(UsageError::Exclude("--plain", "encryption")),
            (true, false, None) => Ok(Self::None),
            (false, true, _) => Ok(Self::Recipients { keys: recipients, files }),
            (false, false, file) => Ok(Self::Passphrase(file)),
        }
    }
}

pub(crate) fn run(mut args: BackupArgs) -> Result<(), CommandError> {
    if let Some(file) = path_of(args.check.take()) {
        let identities = flag_value::paths_of(args.identity);
        let unlock = Decryption { identities, passphrase: path_of(args.passphrase_file) };
        return check(&KeyStore::connect(&target::key_store(args.key_store)?)?, &file, &unlock);
    }
    let lock = Encryption::from_args(&mut args)?;
    let is_plain = matches!(lock, Encryption::None);
    let destination = Destination::of(path_of(args.output), args.into, is_plain);
    let overwrite = args.force == Some(true);
    let controller = target::key_store(args.key_store)?;
    destination.check(overwrite)?;
    if is_plain && matches!(destination, Destination::Stdout) && io::stdout().is_terminal() {
        return Err(KeysError::Terminal.into());
    }
    let lock = lock.ready()?;
    let store = KeyStore::connect(&controller)?;
    let is_recorded = args.no_record != Some(true);
    let backup = destination.write(&store, || KeyBackup::make(&store, &lock, is_recorded), overwrite)?;
    if is_recorded {
        record(&store, backup.records());
    }
    if destination.has_summary() {
        Ok(print_text(&format!("{destination}: {}\n{}", backup.summary(), backup.wrapped_lines()))?)
    } else {
        Ok(())
    }
}

/// Says on each key's Secret that there is a backup. The backup is whole without that.
fn record<'a>(store: &KeyStore, records: impl Iterator<Item = (&'a StoredKey, &'a String)>) {
    for (key, record) in records {
        if let Err(error) = store.annotate(key, BACKED_UP, Some(record)) {
            alert(format_args!(
                "the backup is written, but Secret {}/{} does not say so, nor do the controller's metrics: {}; or give --no-record",
                store.namespace(),
                key.name(),
                error.with_hint()
            ));
            return;
        }
    }
}
