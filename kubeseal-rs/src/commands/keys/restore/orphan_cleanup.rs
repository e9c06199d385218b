//! `clear_up`: retires or deletes the key that the controller made while the keys of the backup were lost.

use crate::commands::keys::kubectl_command::kubectl_command;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::commands::keys::restore::orphan_key::descent::Descent;
use crate::commands::keys::restore::orphan_key::{KeyFacts, OrphanKeys, Verdict, judge, orphan_keys};
use crate::commands::keys::usage::{in_cluster, ring};
use crate::controller::address::ControllerAddress;
use crate::error::{CommandError, Hint as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use api::sealing_key::RETIRED;
use envelope::Fingerprint;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What happens to orphan keys that nothing needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClearUp {
    /// They are deleted instead of retired.
    pub removes: bool,
    /// Whether nothing is to be changed.
    pub dry_run: bool,
}

/// Treats the keys that were made while the others were lost.
pub(crate) fn clear_up(
    store: &KeyStore,
    backup: &[BackedUp],
    how: ClearUp,
    stdout: &mut ProgressLines,
) -> Result<(), CommandError> {
    let keys = store.keys()?;
    let backed_up = fingerprints(backup);
    let others = |key: &StoredKey| key.fingerprint().is_some_and(|it| !backed_up.contains(&it));
    if !keys.iter().any(|key| key.state() == State::Active && others(key)) {
        return Ok(());
    }
    let OrphanKeys { certain, doubtful } = orphan_keys(&seen(store, &keys, backup, how)?, &backed_up);
    for key in active(&keys, &doubtful) {
        let is_wrapped = |key: &BackedUp| key.form().wrapped().is_some() && !key.is_escrow();
        let are_wrapped = key.wrapped().is_some() || backup.iter().any(is_wrapped);
        alert(doubt(store.address(), key, are_wrapped));
    }
    let Some(orphan) = certain else { return Ok(()) };
    let objects = match store.sealed_secrets() {
        Ok(objects) => objects,
        Err(error) if error.is_forbidden() => {
            alert(format_args!(
                "{} was made while these keys were lost, and stays active: you may not list SealedSecrets, to find out whether it is \
                 needed; {}",
                orphan.short(),
                error.hint().unwrap_or_default()
            ));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    // With the keys of the backup: in a dry run they are not in the cluster yet.
    let of_backup = backup.iter().filter_map(|key| key.form().plain().cloned());
    let all = ring(&keys).iter_shared().chain(of_backup).collect::<Vec<_>>();
    let uses = in_cluster(&objects, Some(&sealing::KeyRing::new(all)), &sealing::KeyRing::default());
    let verdict = judge(orphan, &uses);
    for key in active(&keys, &[orphan]) {
        stdout.print(&settle(store, key, orphan, verdict, how)?);
    }
    Ok(())
}

fn fingerprints(backup: &[BackedUp]) -> BTreeSet<Fingerprint> {
    backup.iter().filter(|key| !key.is_escrow()).map(BackedUp::fingerprint).collect()
}

/// The Secrets of these keys that are in use.
fn active<'a>(keys: &'a [StoredKey], which: &[Fingerprint]) -> impl Iterator<Item = &'a StoredKey> {
    let is_meant = |key: &StoredKey| key.fingerprint().is_some_and(|it| which.contains(&it));
    keys.iter().filter(move |key| key.state() == State::Active && is_meant(key))
}

/// The keys of the cluster; in a dry run with those that would be restored.
fn seen(
    store: &KeyStore,
    keys: &[StoredKey],
    backup: &[BackedUp],
    how: ClearUp,
) -> Result<Vec<KeyFacts>, CommandError> {
    let origin = store.origin()?;
    let mut known = fingerprints(backup);
    known.extend(keys.iter().filter_map(StoredKey::fingerprint));
    let descent =
        |key: &StoredKey| Descent::of(&key.name(), store.prefix(), origin.as_deref(), known.iter().copied());
    let mut seen: Vec<KeyFacts> = keys.iter().filter_map(|key| KeyFacts::of(key, descent(key))).collect();
    if how.dry_run {
        let is_there = |key: &BackedUp| seen.iter().any(|it| it.fingerprint == key.fingerprint());
        let missing = backup.iter().filter(|key| !is_there(key) && !key.is_escrow());
        let missing: Vec<KeyFacts> = missing.map(to_be).collect();
        seen.extend(missing);
    }
    Ok(seen)
}

/// The message about a key that may be an orphan. SealedSecrets that need it may be in no cluster.
fn doubt(keys_of: &ControllerAddress, key: &StoredKey, are_wrapped: bool) -> String {
    let namespace = &keys_of.namespace;
    let (short, secret) = (key.fingerprint().map(|it| it.short()).unwrap_or_default(), key.name());
    let why = if are_wrapped {
        "wrapped keys cannot be tried here"
    } else {
        "it is not certain that no key was there when it was made"
    };
    format!(
        "{short} may have been made while these keys were lost, and stays active (Secret {namespace}/{secret}): {why}. `{} keys list PATH` shows what needs it, in the cluster and in your files; if \
         nothing does, `{}` retires it",
        name(),
        kubectl_command(keys_of, std::slice::from_ref(&secret), RETIRED)
    )
}

/// Retires or deletes an orphan key, or says why not.
fn settle(
    store: &KeyStore,
    key: &StoredKey,
    orphan: Fingerprint,
    verdict: Verdict,
    how: ClearUp,
) -> Result<String, CommandError> {
    let (namespace, name, short) = (store.namespace(), key.name(), orphan.short());
    let introduction = format!("{short} was made while these keys were lost (Secret {namespace}/{name}); ");
    let (removes, why) = match verdict {
        Verdict::Needed => {
            return Ok(format!("{introduction}it stays active: something was sealed with it\n"));
        }
        Verdict::OpensNothing if how.removes => (
            false,
            "it opens nothing here, but there are SealedSecrets that no key opens: it is not deleted, and ",
        ),
        _ => (how.removes, "nothing in the cluster needs it: it "),
    };
    match (how.dry_run, removes) {
        (true, _) => {}
        (false, true) => store.delete(key)?,
        (false, false) => store.label(key, RETIRED)?,
    }
    let would = if how.dry_run { "would be" } else { "is" };
    let done = if removes { "deleted" } else { "retired" };
    Ok(format!("{introduction}{why}{would} {done}\n"))
}

/// A key of the backup as it will be in the cluster.
fn to_be(key: &BackedUp) -> KeyFacts {
    let created = Timestamp::now();
    KeyFacts {
        fingerprint: key.fingerprint(),
        created,
        not_before: key.since(),
        active: key.counts(),
        is_plain: key.form().plain().is_some(),
        descent: Descent::Unknown,
    }
}
