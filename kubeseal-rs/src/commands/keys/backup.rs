//! `keys backup`: all keys into one file.

use crate::commands::keys::error::KeysError;
use crate::error::CommandError;
use crate::files::output::private::to_new_file as write_new_private;
use crate::files::output::{OutputError, print_text, write_stdout};
use crate::key_store::KeyStore;
use crate::key_store::backup::encrypt::Encryption;
use crate::key_store::backup::write::list;
use crate::key_store::stored_key::StoredKey;
use crate::settings::flag_value::{path_of, texts};
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::usage_error::UsageError;
use crate::target;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use api::annotations::repeats_object;
use api::sealing_key::RENEW;
use clap::Args;
use k8s_openapi::api::core::v1::Secret;
use std::io::{self, ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};

/// The first part of `help keys backup`.
pub(crate) const LONG_ABOUT: &str = "Write all sealing keys to a file, whatever their state, encrypted in the format of age \
    (https://age-encryption.org): to the given recipients, or to a passphrase, for which you are \
    prompted at a terminal. Only you may read the file, and an existing one is not overwritten. A Secret \
    that is labelled as a key and holds none is reported, and left out.\n\n\
    The encrypted text is a List of Secrets, as kubectl writes it: without this program, `age -d \
    keys.age | kubectl apply -f -` restores it. With --recovery-private-key, --recovery-unseal and \
    `reseal` open SealedSecrets with it without a cluster. With --plain the List is not encrypted; any \
    user who has it can open everything.";

/// Write all keys to a file, encrypted.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys backup --recipient age1… -o keys.age\n  \
        {0} keys backup --recipients-file admins.txt > keys.age\n  \
        {0} keys backup -o keys.age    # asks for a passphrase", name()))]
pub(crate) struct BackupArgs {
    /// Where to write (default: standard output).
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Recipient of the encryption: a public key of age (age1…); may be repeated.
    #[arg(short = 'r', long, value_name = "AGE1…", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipient: Vec<String>,

    /// A file of recipients, one on each line; may be repeated.
    #[arg(short = 'R', long, value_name = "FILE", conflicts_with_all = ["passphrase_file", "plain"])]
    pub recipients_file: Vec<PathBuf>,

    /// Encrypt to the passphrase on the first line of this file.
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub passphrase_file: Option<PathBuf>,

    /// Do not encrypt.
    #[arg(long)]
    pub plain: Option<bool>,

    /// Overwrite an existing file.
    #[arg(long)]
    pub force: Option<bool>,

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
    let lock = Encryption::from_args(&mut args)?;
    let (file, overwrite) = (path_of(args.output), args.force == Some(true));
    let controller = target::key_store(args.key_store)?;
    if let Some(file) = file.as_deref().filter(|file| !overwrite && is_kept(file)) {
        return Err(KeysError::Exists(file.to_owned()).into());
    }
    let is_plain = matches!(lock, Encryption::None);
    if is_plain && file.is_none() && io::stdout().is_terminal() {
        return Err(KeysError::Terminal.into());
    }
    let lock = lock.ready()?;
    let store = KeyStore::connect(&controller)?;
    let (keys, unusable): (Vec<StoredKey>, Vec<StoredKey>) =
        store.keys()?.into_iter().partition(|key| key.key().is_ok());
    for key in &unusable {
        alert(left_out(store.namespace(), key));
    }
    if keys.is_empty() {
        return Err(KeysError::NothingToBackUp(store.namespace().to_owned()).into());
    }
    // A request for renewal is not a part of the key; annotations of kubectl and other tools may hold the key itself.
    let is_left_out = |name: &str| name == RENEW || repeats_object(name);
    let secrets: Vec<Secret> = keys.iter().map(|key| key.to_back_up(is_left_out)).collect();
    let plain = list(&secrets)?;
    let locked = lock.lock(plain.as_bytes())?;
    let bytes = locked.as_deref().unwrap_or(plain.as_bytes());
    match &file {
        // The reader must get the whole backup.
        None => {
            write_stdout(|stdout| stdout.write_all(bytes)).map_err(OutputError::Stdout)?;
            Ok(())
        }
        Some(file) => {
            let is_kept = !is_passage(file);
            write(file, bytes, overwrite)?;
            if !is_kept {
                return Ok(());
            }
            Ok(print_text(&summary(file, &keys, is_plain))?)
        }
    }
}

/// Whether the file would be lost.
fn is_kept(file: &Path) -> bool {
    file.exists() && !is_passage(file)
}

/// Whether the file is a pipe or a device.
fn is_passage(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| !file.is_file() && !file.is_dir())
}

/// A Secret that is no key in the cluster would be none after a restore.
fn left_out(namespace: &str, key: &StoredKey) -> String {
    let why = key.key().err().map(|error| error.to_string()).unwrap_or_default();
    format!(
        "Secret {namespace}/{} is labelled as a sealing key and is none: {why}. It is not in the backup",
        key.name()
    )
}

fn write(file: &Path, bytes: &[u8], overwrite: bool) -> Result<(), KeysError> {
    write_new_private(file, bytes, overwrite).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => KeysError::Exists(file.to_owned()),
        _ => KeysError::Write { path: file.to_owned(), source },
    })
}

fn summary(file: &Path, keys: &[StoredKey], is_plain: bool) -> String {
    let (count, file) = (keys.len(), shown_path(file));
    let noun = if count == 1 { "key" } else { "keys" };
    let how = if is_plain { "not encrypted: with it, everything can be opened" } else { "encrypted" };
    format!("{file}: {count} sealing {noun}, {how}\n")
}
