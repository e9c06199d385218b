//! [`Keys`]: what `keys` and its flags mean.

use crate::cli::verb::keys::KeysVerb;
use crate::cli::verb::keys::backup::BackupFlags;
use crate::cli::verb::keys::list::{ListFlags, ListFormat};
use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::cli::verb::keys::restore::RestoreFlags;
use crate::cluster::Connection;
use crate::cluster::timeout::Timeout;
use crate::controller::address::ControllerAddress;
use crate::files::input::Input;
use crate::key_store::backup::lock::Lock;
use crate::key_store::backup::unlock::Unlock;
use crate::settings::usage_error::UsageError;
use crate::settings::{is_stdin, path, text};
use api::sealing_key::DEFAULT_PREFIX;
use std::path::PathBuf;

/// What to do with the keys of a cluster.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Where they are.
    pub place: KeyPlace,
    pub task: KeysTask,
}

/// Where keys are kept, and who keeps them.
#[derive(Debug)]
pub(crate) struct KeyPlace {
    pub controller: ControllerAddress,
    /// Start of the keys' names; and the whole name of one from before there were labels.
    pub prefix: String,
}

/// One of the commands.
#[derive(Debug)]
pub(crate) enum KeysTask {
    List { files: SealedFiles, format: ListFormat },
    Renew { timeout: Timeout },
    Retire(Retire),
    Revoke(Revoke),
    Backup(Backup),
    Restore(Restore),
}

/// SealedSecrets outside of the cluster.
#[derive(Debug)]
pub(crate) struct SealedFiles {
    pub paths: Vec<PathBuf>,
    /// That of SealedSecrets which name none.
    pub namespace: Option<String>,
}

/// How to retire.
#[derive(Debug)]
pub(crate) struct Retire {
    pub key: String,
    pub files: SealedFiles,
    /// It is known that another key is served.
    pub unserved: bool,
}

/// How to revoke.
#[derive(Debug)]
pub(crate) struct Revoke {
    pub key: String,
    pub files: SealedFiles,
    /// The user is not asked.
    pub sure: bool,
    /// How long to wait for a new key; None where there is to be none.
    pub renew: Option<Timeout>,
}

/// How to back up.
#[derive(Debug)]
pub(crate) struct Backup {
    /// None for standard output.
    pub file: Option<PathBuf>,
    pub overwrite: bool,
    pub lock: Lock,
}

/// How to restore.
#[derive(Debug)]
pub(crate) struct Restore {
    pub backup: Input,
    pub unlock: Unlock,
    pub dry_run: bool,
    pub stray: Stray,
}

/// What becomes of a key that the controller made while the others were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    /// It stays as it is.
    Keep,
    /// It is retired, if nothing needs it.
    Retire,
    /// It is deleted, if nothing needs it.
    Remove,
}

impl Keys {
    /// Works out what was meant.
    pub(crate) fn meant_by(verb: KeysVerb) -> Result<Self, UsageError> {
        let (place, task) = match verb {
            KeysVerb::List(ListFlags { paths, format, namespace, place }) => {
                (place, KeysTask::List { files: SealedFiles::new(paths, namespace), format })
            }
            KeysVerb::Renew(flags) => (flags.place, KeysTask::Renew { timeout: flags.timeout }),
            KeysVerb::Retire(flags) => {
                let retire = Retire {
                    key: flags.fingerprint,
                    files: SealedFiles::new(flags.paths, flags.namespace),
                    unserved: flags.unserved == Some(true),
                };
                (flags.place, KeysTask::Retire(retire))
            }
            KeysVerb::Revoke(flags) => {
                let revoke = Revoke {
                    key: flags.fingerprint,
                    files: SealedFiles::new(flags.paths, flags.namespace),
                    sure: flags.yes == Some(true),
                    renew: (flags.no_renew != Some(true)).then_some(flags.timeout),
                };
                (flags.place, KeysTask::Revoke(revoke))
            }
            KeysVerb::Backup(flags) => backup(flags)?,
            KeysVerb::Restore(flags) => restore(flags)?,
        };
        let connection = Connection::meant_by(place.connection)?;
        let controller =
            ControllerAddress::meant_by(place.controller_name, place.controller_namespace, &connection);
        let prefix = text(place.key_prefix).unwrap_or_else(|| DEFAULT_PREFIX.into());
        Ok(Self { place: KeyPlace { controller, prefix }, task })
    }
}

impl SealedFiles {
    fn new(paths: Vec<PathBuf>, namespace: Option<String>) -> Self {
        Self { paths, namespace: text(namespace) }
    }
}

fn backup(flags: BackupFlags) -> Result<(KeyPlaceFlags, KeysTask), UsageError> {
    let recipients: Vec<String> = flags.recipient.into_iter().filter(|text| !text.is_empty()).collect();
    let files = flags.recipients_file;
    let is_to_some = !recipients.is_empty() || !files.is_empty();
    let passphrase_file = path(flags.passphrase_file);
    let lock = match (flags.plain == Some(true), is_to_some, passphrase_file) {
        (true, true, _) | (true, _, Some(_)) => return Err(UsageError::Exclude("--plain", "encryption")),
        (true, false, None) => Lock::None,
        (false, true, _) => Lock::Recipients { keys: recipients, files },
        (false, false, file) => Lock::Passphrase(file),
    };
    let backup = Backup { file: path(flags.output), overwrite: flags.force == Some(true), lock };
    Ok((flags.place, KeysTask::Backup(backup)))
}

fn restore(flags: RestoreFlags) -> Result<(KeyPlaceFlags, KeysTask), UsageError> {
    let stray = match (flags.keep_stray == Some(true), flags.remove_stray == Some(true)) {
        (true, true) => return Err(UsageError::Exclude("--keep-stray", "--remove-stray")),
        (true, false) => Stray::Keep,
        (false, true) => Stray::Remove,
        (false, false) => Stray::Retire,
    };
    let restore = Restore {
        backup: Input::from(Some(flags.file).filter(|file| !is_stdin(file))),
        unlock: Unlock::meant_by(flags.unlock),
        dry_run: flags.dry_run == Some(true),
        stray,
    };
    Ok((flags.place, KeysTask::Restore(restore)))
}
