//! `keys revoke`: takes out a key that leaked, and tells what that means.
//!
//! The label comes before anything that takes long or may fail: what leaked must not be sealed with a moment longer.

use super::KeysError;
use super::confirm::confirm;
use super::find::{find, newest};
use super::fresh::make_fresh;
use super::needed::{Use, in_cluster, in_files, ring};
use crate::failure::Failure;
use crate::key_store::{KeyStore, State, StoredKey};
use crate::mode::Revoke;
use crate::output::Output;
use api::sealing_key::COMPROMISED;
use envelope::Fingerprint;
use std::fmt::Write as _;

pub(super) fn revoke(store: &KeyStore, revoke: &Revoke) -> Result<(), Failure> {
    let keys = store.keys()?;
    let (fingerprint, _) = find(&keys, &revoke.key)?;
    let leaked = same_key(&keys, fingerprint);
    let todo: Vec<&&StoredKey> = leaked.iter().filter(|key| key.state() != State::Compromised).collect();
    if !todo.is_empty() {
        let is_newest = newest(&keys).is_some_and(|key| leaked.iter().any(|it| it.name() == key.name()));
        if revoke.renew.is_none() && is_newest {
            return Err(KeysError::Newest(fingerprint).into());
        }
        if !revoke.sure {
            confirm(&question(store, fingerprint))?;
        }
        if let Some(timeout) = revoke.renew {
            let new = make_fresh(store, &keys, timeout)?;
            let new = new.fingerprint().map(|it| it.to_string()).unwrap_or_default();
            say(&format!("new key {new}\n"))?;
        }
        for key in todo {
            store.label(key, COMPROMISED)?;
            let (namespace, name) = (store.namespace(), key.name());
            say(&format!(
                "{} is revoked (Secret {namespace}/{name}): it opens nothing any more\n",
                fingerprint.short()
            ))?;
        }
    }
    let ring = ring(&keys);
    let mut files = in_files(&revoke.files, &ring);
    let mut uses = in_cluster(&store.sealed_secrets()?, Some(&ring));
    uses.append(&mut files.uses);
    say(&consequences(&leaked, &uses, &files.faults))
}

/// Every Secret of this key. It is the private half that leaked, whatever certificates were made for it.
fn same_key(keys: &[StoredKey], fingerprint: Fingerprint) -> Vec<&StoredKey> {
    let certificate = |key: &StoredKey| key.certificate().cloned();
    let Some(leaked) = keys.iter().filter_map(certificate).find(|it| it.fingerprint() == fingerprint) else {
        return Vec::new();
    };
    let is_same = |key: &&StoredKey| certificate(key).is_some_and(|it| it.public() == leaked.public());
    keys.iter().filter(is_same).collect()
}

fn question(store: &KeyStore, fingerprint: Fingerprint) -> String {
    format!(
        "Revoke key {} in namespace {} of {}? What was sealed with it will not open any more.",
        fingerprint.short(),
        store.namespace(),
        store.server()
    )
}

fn consequences(leaked: &[&StoredKey], uses: &[Use], faults: &[String]) -> String {
    let is_leaked =
        |it: &&Use| leaked.iter().filter_map(|key| key.fingerprint()).any(|key| it.keys.contains(&key));
    let known: Vec<&Use> = uses.iter().filter(is_leaked).collect();
    let mut told = String::new();
    if known.is_empty() {
        told.push_str("\nNothing that was looked at was sealed with it. Values sealed with it earlier, in the history of your \
                       repository, are known to whoever has the key.\n");
    } else {
        told.push_str(
            "\nWhoever has the key knows these values. Change each where it comes from, and seal the new one:\n",
        );
        for it in known {
            // Writing to a String cannot fail.
            let _ = writeln!(told, "  {}: {}", it.place, it.items.join(", "));
        }
        told.push_str("Sealing the old values anew protects nothing. What they were earlier is in the history of your repository.\n");
    }
    let unknown = uses.iter().filter(|it| it.unknown && !is_leaked(it)).map(|it| it.place.as_str());
    let unknown: Vec<&str> = unknown.chain(faults.iter().map(String::as_str)).collect();
    if !unknown.is_empty() {
        let _ = writeln!(told, "\nIt is not known which key these need:\n  {}", unknown.join("\n  "));
    }
    told
}

fn say(words: &str) -> Result<(), Failure> {
    Ok(Output::Stdout.write(words.as_bytes())?)
}
