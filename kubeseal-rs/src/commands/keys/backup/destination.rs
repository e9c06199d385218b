//! [`Destination`]: where a backup is written: standard output, a file, or a Secret or ConfigMap of the cluster.

use crate::commands::keys::backup::key_backup::KeyBackup;
use crate::commands::keys::error::KeysError;
use crate::error::CommandError;
use crate::files::output::private::to_new_file as write_new_private;
use crate::files::output::{OutputError, write_stdout};
use crate::key_store::KeyStore;
use crate::key_store::backup_object::BackupObject;
use crate::key_store::backup_object::item_keys::NEWEST;
use crate::key_store::backup_object::old_backup::OldBackup;
use crate::key_store::backup_object::replacement::{Replacement, TooLarge};
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use jiff::Timestamp;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How often an object is read again, because another client changed it between reading and writing.
const TRIES: usize = 5;

/// Backups of one second that have names of their own.
const MOST_OF_A_SECOND: u32 = 1000;

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
        let now = Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ").to_string();
        // Another backup may be of the same second.
        let named = |number: u32| match number {
            1 => format!("keys-{now}.{extension}"),
            number => format!("keys-{now}-{number}.{extension}"),
        };
        let new_in = |folder: &Path| {
            (1..=MOST_OF_A_SECOND).map(|number| folder.join(named(number))).find(|file| !file.exists())
        };
        match (object, output) {
            (Some(object), _) => Self::Object(object),
            (None, Some(path)) if path == Path::new("-") => Self::Stdout,
            (None, Some(path)) if path.is_dir() => Self::File(new_in(&path).unwrap_or(path)),
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

    /// Writes the backup that `make` makes.
    pub(crate) fn write(
        &self,
        store: &KeyStore,
        make: impl Fn() -> Result<KeyBackup, CommandError>,
        overwrite: bool,
    ) -> Result<KeyBackup, CommandError> {
        if let Self::Object(object) = self {
            return replace(object, store, make, overwrite);
        }
        let backup = make()?;
        let bytes = backup.bytes();
        match self {
            Self::File(file) => write(file, bytes, overwrite)?,
            // The reader must get the whole backup.
            _ => write_stdout(|stdout| stdout.write_all(bytes)).map_err(OutputError::Stdout)?,
        }
        Ok(backup)
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

/// Writes a backup into an object. The keys are read after the object: what another backup wrote into it before has no newer keys, and what one
/// writes later is a conflict, after which both are read again.
fn replace(
    object: &BackupObject,
    store: &KeyStore,
    make: impl Fn() -> Result<KeyBackup, CommandError>,
    overwrite: bool,
) -> Result<KeyBackup, CommandError> {
    let mut tries = 1;
    loop {
        let contents = object.read(store)?;
        let backup = make()?;
        let item = object.item(backup.bytes());
        let replacement = Replacement::of(contents, item, backup.fingerprints(), overwrite);
        let Replacement { patch, kept } = replacement.map_err(|TooLarge { size, kept }| {
            KeysError::ObjectFull { object: object.to_string(), size, kept }
        })?;
        match object.patch(store, patch) {
            Err(error) if error.is_changed() && tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
            Ok(()) => {
                for one in kept {
                    alert(stays(object, &one, &backup));
                }
                return Ok(backup);
            }
        }
    }
}

/// Says each time which earlier backups stay, because the log of an earlier job may be gone.
fn stays(object: &BackupObject, one: &OldBackup, backup: &KeyBackup) -> String {
    let lost = one.keys.as_ref().map(|keys| keys.difference(&backup.fingerprints()).count());
    let reason = match lost {
        None => "does not say which keys it has".into(),
        Some(1) => "has 1 key that the cluster does not have any more".into(),
        Some(lost) => format!("has {lost} keys that the cluster does not have any more"),
    };
    format!(
        "{} in {object} {reason}, and stays beside the new {NEWEST}. Restore what it has with `{} keys restore`, or remove it with --force",
        one.item,
        name()
    )
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
