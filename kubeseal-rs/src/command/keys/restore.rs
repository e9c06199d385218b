//! `keys restore`: puts the keys of a backup back. Nothing that is there is overwritten.

mod backed_up;
mod leaks;
mod put_back;

use super::KeysError;
use super::needed::{in_cluster, ring};
use super::stray::{Seen, Verdict, judge, strays};
use crate::backup::{BackupError, is_encrypted};
use crate::failure::Failure;
use crate::key_store::{KeyStore, State, StoredKey};
use crate::manifest;
use crate::mode::{KeyPlace, Restore, Stray};
use crate::notice::warn;
use crate::output::Output;
use api::sealing_key::RETIRED;
use backed_up::BackedUp;
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use leaks::{note_cluster, note_leaks};
use put_back::put_back;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

pub(super) fn restore(restore: &Restore, place: &KeyPlace) -> Result<(), Failure> {
    let (mut backup, refused) = read(restore)?;
    let store = KeyStore::connect(place)?;
    let existing = store.keys()?;
    note_cluster(&store, &existing, &mut backup)?;
    for key in &backup {
        say(&put_back(&store, key, &existing, restore.dry_run)?)?;
    }
    if restore.stray != Stray::Keep {
        clear_up(&store, &backup, restore)?;
    }
    if refused > 0 { Err(KeysError::NotAll(refused).into()) } else { Ok(()) }
}

/// The keys, oldest first and each once, and how many Secrets are none.
fn read(restore: &Restore) -> Result<(Vec<BackedUp>, usize), Failure> {
    let bytes = restore
        .backup
        .read("a backup of sealing keys")
        .map_err(|source| BackupError::Read { what: "the backup", source })?;
    let plain =
        if is_encrypted(&bytes) { restore.unlock.unlock(&bytes)? } else { Zeroizing::new(bytes.to_vec()) };
    let mut refused = 0;
    let mut keys = Vec::new();
    for secret in manifest::read(&restore.backup, &plain)? {
        let place = secret.place;
        match BackedUp::read(secret.secret) {
            Ok(key) => keys.push(key),
            Err(error) => {
                refused += 1;
                warn(format_args!("the Secret in {place} is no sealing key: {error}"));
            }
        }
    }
    if keys.is_empty() {
        return Err(KeysError::NothingToRestore(restore.backup.to_string()).into());
    }
    let leaked = keys.iter().filter(|key| key.has_leaked()).map(|key| key.certificate().clone());
    let leaked: Vec<Certificate> = leaked.collect();
    note_leaks(&mut keys, &leaked);
    keys.sort_by_key(BackedUp::since);
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.fingerprint()));
    Ok((keys, refused))
}

/// Sees to the keys that were made while these were lost.
fn clear_up(store: &KeyStore, backup: &[BackedUp], restore: &Restore) -> Result<(), Failure> {
    let keys = store.keys()?;
    let mut seen: Vec<Seen> = keys.iter().filter_map(Seen::of).collect();
    if restore.dry_run {
        let is_there = |key: &BackedUp| seen.iter().any(|it| it.fingerprint == key.fingerprint());
        let missing: Vec<Seen> = backup.iter().filter(|key| !is_there(key)).map(to_be).collect();
        seen.extend(missing);
    }
    let restored: BTreeSet<Fingerprint> = backup.iter().map(BackedUp::fingerprint).collect();
    let strays = strays(&seen, &restored);
    if strays.is_empty() {
        return Ok(());
    }
    let objects = match store.sealed_secrets() {
        Ok(objects) => objects,
        Err(error) if error.is_forbidden() => {
            for stray in strays {
                warn(format_args!(
                    "{} was made while these keys were lost, and stays active: you may not list SealedSecrets, to tell whether it \
                     is needed; {}",
                    stray.short(),
                    error.hint()
                ));
            }
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    // With those of the backup: in a dry run they are not in the cluster yet.
    let all = ring(&keys).iter_shared().chain(backup.iter().map(BackedUp::key)).collect::<Vec<_>>();
    let uses = in_cluster(&objects, Some(&sealing::KeyRing::new(all)));
    for stray in strays {
        let verdict = judge(stray, &uses);
        for key in keys.iter().filter(|key| key.fingerprint() == Some(stray) && key.state() == State::Active)
        {
            say(&settle(store, key, stray, verdict, restore)?)?;
        }
    }
    Ok(())
}

/// Takes a stray key out, or says why not.
fn settle(
    store: &KeyStore,
    key: &StoredKey,
    stray: Fingerprint,
    verdict: Verdict,
    restore: &Restore,
) -> Result<String, Failure> {
    let (namespace, name, short) = (store.namespace(), key.name(), stray.short());
    let told = format!("{short} was made while these keys were lost (Secret {namespace}/{name}); ");
    let would = if restore.dry_run { "would be" } else { "is" };
    Ok(match (verdict, restore.stray) {
        (Verdict::Needed, _) | (_, Stray::Keep) => {
            format!("{told}it stays active: something was sealed with it\n")
        }
        (Verdict::Unneeded, Stray::Remove) => {
            if !restore.dry_run {
                store.delete(key)?;
            }
            format!("{told}nothing needs it: it {would} deleted\n")
        }
        (verdict, asked) => {
            if !restore.dry_run {
                store.label(key, RETIRED)?;
            }
            let why = match (verdict, asked) {
                (Verdict::OpensNothing, Stray::Remove) => {
                    "it opens nothing here, but there are SealedSecrets that no key opens: it is not deleted, and "
                }
                _ => "nothing needs it: it ",
            };
            format!("{told}{why}{would} retired\n")
        }
    })
}

/// A key of the backup as it will be.
fn to_be(key: &BackedUp) -> Seen {
    let created = Timestamp::now();
    Seen { fingerprint: key.fingerprint(), created, not_before: key.since(), active: key.counts() }
}

fn say(words: &str) -> Result<(), Failure> {
    Ok(Output::Stdout.write(words.as_bytes())?)
}
