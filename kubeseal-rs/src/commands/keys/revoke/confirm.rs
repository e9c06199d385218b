//! `confirm`: asks for confirmation at the terminal before a key is revoked, with what follows from it in numbers.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::revoke::leaked_key::LeakedKey;
use crate::commands::keys::revoke::looked::Looked;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::StoredKey;
use crate::terminal::confirm::{answered, is_interactive};
use std::fmt::Write as _;

/// Fewer digits of the fingerprint are no confirmation.
const FEWEST: usize = 8;

/// Prints what follows from revoking the key, and asks for confirmation. An error without a terminal.
pub(crate) fn confirm(
    store: &KeyStore,
    leak: &LeakedKey<'_>,
    renews: bool,
    look: impl FnOnce() -> Looked,
) -> Result<(), KeysError> {
    if !is_interactive() {
        return Err(KeysError::NoTerminal);
    }
    let answer = answered(&question(store, leak, renews, &look())).unwrap_or_default().to_ascii_lowercase();
    let is_fingerprint = answer.len() >= FEWEST && leak.fingerprint.to_string().starts_with(&answer);
    if answer == "yes" || is_fingerprint { Ok(()) } else { Err(KeysError::NotSure) }
}

fn question(store: &KeyStore, leak: &LeakedKey<'_>, renews: bool, looked: &Looked) -> String {
    let (namespace, server) = (store.namespace(), store.server());
    let mut text = format!("Revoke key {} in namespace {namespace} of {server}?\n", leak.fingerprint.short());
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {}", consequence(looked));
    let unknown = looked.unknown().len();
    if unknown > 0 {
        let _ = writeln!(text, "  Of {unknown} more it is not known which key they need.");
    }
    if looked.cluster.is_err() {
        text.push_str("  The SealedSecrets in the cluster could not be listed, and are not counted.\n");
    }
    match (renews, leak.is_newest, leak.left.and_then(StoredKey::fingerprint)) {
        (true, ..) => text.push_str("  A new key is made first.\n"),
        (false, true, None) => {
            text.push_str("  It is the only key, and without another nothing can be sealed.\n");
        }
        (false, true, Some(left)) => {
            let _ = writeln!(text, "  It is the newest; new values will be sealed with {}.", left.short());
        }
        (false, false, _) => {}
    }
    text.push_str("Type yes, or the first 8 digits of the fingerprint: ");
    text
}

fn consequence(looked: &Looked) -> String {
    let count = looked.count();
    let of = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    if count.objects == 0 {
        return "No SealedSecret that was looked at was sealed with it. What was sealed with it will not open any more.".into();
    }
    format!(
        "{}, with {} in {}, will not open any more; the values must be changed at their source, and sealed again.",
        of(count.objects, "SealedSecret"),
        of(count.values, "value"),
        of(count.namespaces, "namespace")
    )
}
