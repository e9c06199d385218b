//! `check`: whether a backup has the keys of the cluster, and what can be known without decrypting it.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::newest;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::print_text;
use crate::key_store::KeyStore;
use crate::key_store::backup::backup_record::BackupRecord;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::header::Header;
use crate::key_store::backup::protected::is_encrypted;
use crate::key_store::form_text::shown_uri;
use crate::key_store::stored_key::{StoredKey, active_keys};
use crate::manifest::secrets;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use envelope::Certificate;
use jiff::Timestamp;
use std::path::Path;

/// Succeeds if the newest key of the cluster is in the backup; a wrapped one for each of its providers of now.
pub(crate) fn check(store: &KeyStore, file: &Path, unlock: &Decryption) -> Result<(), CommandError> {
    let keys = store.keys()?;
    let newest = newest(&keys).ok_or(KeysError::NoActive)?;
    let input = Input::File(file.to_owned());
    let bytes = input
        .read("a backup of sealing keys")
        .map_err(|source| BackupError::Read { what: "the backup", source })?;
    let plain = match unlock.plain(&input, bytes.clone()) {
        Err(BackupError::NoIdentity) => return Err(unopened(file, &bytes, newest)?.into()),
        plain => plain?,
    };
    let read = secrets::read(&input, &plain).map_err(KeysError::NotBackup)?;
    let backed_up: Vec<BackedUp> =
        read.into_iter().filter_map(|secret| BackedUp::read(secret.secret).ok()).collect();
    let (copies, backed_up): (Vec<_>, Vec<_>) = backed_up.into_iter().partition(BackedUp::is_escrow);
    let found = |among: &[BackedUp], certificate: &Certificate| {
        among.iter().position(|key| key.certificate().public() == certificate.public())
    };
    let is_in = |key: &&StoredKey| key.certificate().is_some_and(|it| found(&backed_up, it).is_some());
    let short = |key: &StoredKey| key.fingerprint().map(|it| it.short()).unwrap_or_default();
    let Some(in_backup) = newest.certificate().and_then(|it| backed_up.get(found(&backed_up, it)?)) else {
        let has_copy = newest.certificate().is_some_and(|it| found(&copies, it).is_some());
        let why = if has_copy { ", but only an escrow copy of it" } else { "" };
        let (key, file, why) = (short(newest), file.to_owned(), why.to_owned());
        return Err(KeysError::NotInBackup { key, file, why }.into());
    };
    if let Some(why) = other_providers(newest, in_backup) {
        return Err(KeysError::NotInBackup { key: short(newest), file: file.to_owned(), why }.into());
    }
    let missing: Vec<String> = active_keys(&keys).filter(|key| !is_in(key)).map(short).collect();
    if !missing.is_empty() {
        alert(format_args!("{} does not have these older keys: {}", shown_path(file), missing.join(", ")));
    }
    let (count, encrypted) =
        (backed_up.len(), if is_encrypted(&bytes) { "" } else { ", and is not encrypted" });
    let noun = if count == 1 { "key" } else { "keys" };
    let form = in_backup.form();
    let condition = form.condition().map(|condition| format!(" ({form}; {condition})"));
    let line = format!(
        "{}: has the newest key, {}{}; {count} {noun} in all{encrypted}\n",
        shown_path(file),
        short(newest),
        condition.unwrap_or_default()
    );
    Ok(print_text(&line)?)
}

/// Says so if the backup has the key wrapped, and not for each provider that the cluster has it wrapped for: a user who has only one of those
/// opens nothing of the backup. A key in plain opens without any.
fn other_providers(key: &StoredKey, in_backup: &BackedUp) -> Option<String> {
    let (now, then) = (key.wrapped()?, in_backup.form().wrapped()?);
    let has = |uri: &str| then.document.slots().iter().any(|slot| slot.uri == uri);
    let missing = now.document.slots().iter().filter(|slot| !has(&slot.uri)).map(|slot| shown_uri(&slot.uri));
    let missing: Vec<String> = missing.collect();
    let then = then.document.slots().iter().map(|slot| shown_uri(&slot.uri)).collect::<Vec<_>>().join(", ");
    (!missing.is_empty())
        .then(|| format!(", as it is wrapped now: not for {}, only for {then}", missing.join(", ")))
}

/// What is known of a backup that cannot be decrypted: a file from before the key cannot have it.
fn unopened(file: &Path, bytes: &[u8], newest: &StoredKey) -> Result<KeysError, BackupError> {
    let key = newest.fingerprint().map(|it| it.short()).unwrap_or_default();
    let written = file.metadata().and_then(|metadata| metadata.modified()).ok();
    let written = written.and_then(|time| Timestamp::try_from(time).ok());
    let file = file.to_owned();
    if let (Some(written), Some(created)) = (written, newest.created())
        && written < created
    {
        let why = format!(": the file was written at {written:.0}, and the key was made at {created:.0}");
        return Ok(KeysError::NotInBackup { key, file, why });
    }
    Ok(KeysError::BackupUnopened {
        key,
        file,
        recipients: Header::read(bytes)?.recipients(),
        record: BackupRecord::of(newest).to_string(),
    })
}
