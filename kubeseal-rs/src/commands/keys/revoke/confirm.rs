//! `confirm`: asks for confirmation at the terminal before a key is revoked.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::revoke::leaked_key::LeakedKey;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::StoredKey;
use crate::terminal::confirm::confirmed;

/// Prints what follows from revoking the key, and asks for confirmation. An error without a terminal.
pub(crate) fn confirm(store: &KeyStore, leak: &LeakedKey<'_>, renews: bool) -> Result<(), KeysError> {
    match confirmed(&question(store, leak, renews)) {
        Some(true) => Ok(()),
        Some(false) => Err(KeysError::NotSure),
        None => Err(KeysError::NoTerminal),
    }
}

fn question(store: &KeyStore, leak: &LeakedKey<'_>, renews: bool) -> String {
    let (namespace, server) = (store.namespace(), store.server());
    let question = format!("Revoke key {} in namespace {namespace} of {server}?", leak.fingerprint.short());
    let then = match (renews, leak.is_newest, leak.left.and_then(StoredKey::fingerprint)) {
        (false, true, None) => " It is the only one, and without another nothing can be sealed.".to_owned(),
        (false, true, Some(left)) => {
            format!(" It is the newest; new values will be sealed with {}.", left.short())
        }
        _ => String::new(),
    };
    format!("{question} What was sealed with it will not open any more.{then}")
}
