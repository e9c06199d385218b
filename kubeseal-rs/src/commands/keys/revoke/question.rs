//! `question`: what the user confirms before a key is revoked.

use crate::commands::keys::revoke::{Leak, RevokeArgs};
use crate::key_store::KeyStore;
use crate::key_store::stored_key::StoredKey;

/// With what follows from it.
pub(crate) fn question(store: &KeyStore, leak: &Leak<'_>, revoke: &RevokeArgs) -> String {
    let (namespace, server) = (store.namespace(), store.server());
    let question = format!("Revoke key {} in namespace {namespace} of {server}?", leak.fingerprint.short());
    let then = match (revoke.renewal(), leak.is_newest, leak.left.and_then(StoredKey::fingerprint)) {
        (None, true, None) => " It is the only one, and without another nothing can be sealed.".to_owned(),
        (None, true, Some(left)) => {
            format!(" It is the newest; new values will be sealed with {}.", left.short())
        }
        _ => String::new(),
    };
    format!("{question} What was sealed with it will not open any more.{then}")
}
