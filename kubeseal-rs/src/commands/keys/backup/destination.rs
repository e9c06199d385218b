//! [`Destination`]: where a backup is written: standard output, a file, or a Secret or ConfigMap of the cluster.

use crate::commands::keys::error::KeysError;
use crate::error::CommandError;
use crate::files::output::private::to_new_file as write_new_private;
use crate::files::output::{OutputError, write_stdout};
use crate::key_store::KeyStore;
use crate::key_store::backup_object::BackupObject;
use crate::key_store::object_backups::FIRST;
use crate::key_store::stored_key::StoredKey;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use envelope::Fingerprint;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where to write.
pub(crate) enum Destination {
    Stdout,
    File(PathBuf),
    Object(BackupObject),
}

impl Destination {
    /// The file; in a directory, a new one that is named by the time. Without either, standard output.
    pub(crate) fn of(output: Option<PathBuf>, object: Option<BackupObject>, is_plain: bool) -> Self {
        let extension = if is_plain { "yaml" } else { "age" };
        let name = || format!("keys-{}.{extension}", Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ"));
        match (object, output) {
            (Some(object), _) => Self::Object(object),
            (None, Some(path)) if path.is_dir() => Self::File(path.join(name())),
            (None, Some(path)) => Self::File(path),
            (None, None) => Self::Stdout,
        }
    }

    /// Refuses a file that would be lost, before a passphrase is asked for.
    pub(crate) fn check(&self, overwrite: bool) -> Result<(), KeysError> {
        match self {
            Self::File(file) if !overwrite && file.exists() && !is_passage(file) => {
                Err(KeysError::Exists(file.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Writes the backup of these keys.
    pub(crate) fn write(
        &self,
        store: &KeyStore,
        keys: &[StoredKey],
        bytes: &[u8],
        overwrite: bool,
    ) -> Result<(), CommandError> {
        match self {
            // The reader must get the whole backup.
            Self::Stdout => Ok(write_stdout(|stdout| stdout.write_all(bytes)).map_err(OutputError::Stdout)?),
            Self::File(file) => Ok(write(file, bytes, overwrite)?),
            Self::Object(object) => {
                let keys: BTreeSet<Fingerprint> = keys.iter().filter_map(StoredKey::fingerprint).collect();
                let backups = object.backups(store)?;
                let item = if overwrite { FIRST.to_owned() } else { backups.item_for(&keys) };
                if item != FIRST {
                    alert(format_args!(
                        "{FIRST} in {object} {}, and stays as it is: the new backup is {item} in the same object. Restore what {FIRST} has with \
                         `keys restore`, or replace it with --force",
                        backups.reason_to_keep(&keys)
                    ));
                }
                Ok(object.write(store, backups, &item, bytes, keys)?)
            }
        }
    }

    /// Whether lines on standard output are for a user, and not a part of the backup.
    pub(crate) fn has_summary(&self) -> bool {
        match self {
            Self::Stdout => false,
            Self::File(file) => !is_passage(file),
            Self::Object(_) => true,
        }
    }
}

/// As a message names it.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(file) => f.write_str(&shown_path(file)),
            Self::Object(object) => object.fmt(f),
        }
    }
}

/// Whether the file is a pipe or a device.
fn is_passage(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| !file.is_file() && !file.is_dir())
}

fn write(file: &Path, bytes: &[u8], overwrite: bool) -> Result<(), KeysError> {
    write_new_private(file, bytes, overwrite).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => KeysError::Exists(file.to_owned()),
        _ => KeysError::Write { path: file.to_owned(), source },
    })
}
