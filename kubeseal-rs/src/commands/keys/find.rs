//! `find`: the key with a fingerprint or the beginning of one; `newest`: the newest key; `newest_plain`: the newest that is not wrapped.

use crate::commands::keys::error::KeysError;
use crate::key_store::stored_key::{StoredKey, active_keys, is_escrow_copy};
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Fewer digits are more likely a mistake.
const FEWEST: usize = 8;

/// Clocks that differ by less are the same clock.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The fingerprint, and every Secret that holds this key; an escrow copy only if there is nothing else.
pub(crate) fn find<'a>(
    keys: &'a [StoredKey],
    given: &str,
) -> Result<(Fingerprint, Vec<&'a StoredKey>), KeysError> {
    // openssl writes capitals and colons.
    let wanted: String = given.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
    if !(FEWEST..=64).contains(&wanted.len()) || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(KeysError::NotFingerprint(given.chars().take(64).collect()));
    }
    let all: BTreeSet<Fingerprint> = keys.iter().filter_map(StoredKey::fingerprint).collect();
    let mut meant = all.into_iter().filter(|fingerprint| fingerprint.to_string().starts_with(&wanted));
    match (meant.next(), meant.count()) {
        (None, _) => Err(KeysError::Unknown(wanted)),
        (Some(_), more @ 1..) => Err(KeysError::Ambiguous(wanted, more + 1)),
        (Some(fingerprint), 0) => {
            let holds =
                |key: &&StoredKey| key.fingerprint() == Some(fingerprint) && !is_escrow_copy(keys, key);
            let secrets = keys.iter().filter(holds).collect();
            Ok((fingerprint, secrets))
        }
    }
}

/// The newest key in use, in the controller's order: not one from the future, unless there is no other; and not one in plain beside wrapped
/// ones, because a controller that wraps keys never seals with that.
pub(crate) fn newest(keys: &[StoredKey]) -> Option<&StoredKey> {
    newest_but(keys, &[])
}

/// The newest key in use except these.
pub(crate) fn newest_but<'a>(keys: &'a [StoredKey], without: &[&StoredKey]) -> Option<&'a StoredKey> {
    let others = active_keys(keys).filter(|key| !without.iter().any(|out| out.is_same(key)));
    let (wrapped, plain): (Vec<_>, Vec<_>) = others.partition(|key| key.wrapped().is_some());
    newest_of(if wrapped.is_empty() { &plain } else { &wrapped })
}

/// The newest key in plain, also beside wrapped ones. A controller that does not wrap keys sees no others.
pub(crate) fn newest_plain(keys: &[StoredKey]) -> Option<&StoredKey> {
    newest_of(&active_keys(keys).filter(|key| key.plain().is_some()).collect::<Vec<_>>())
}

fn newest_of<'a>(newest_first: &[&'a StoredKey]) -> Option<&'a StoredKey> {
    let now = Timestamp::now();
    let is_present = |key: &&&StoredKey| key.since().is_some_and(|since| since.duration_since(now) <= SKEW);
    newest_first.iter().find(is_present).or_else(|| newest_first.first()).copied()
}
