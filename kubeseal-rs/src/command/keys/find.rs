//! `find`: the key that is meant by a fingerprint or the beginning of one.

use super::KeysError;
use crate::key_store::StoredKey;
use envelope::Fingerprint;
use std::collections::BTreeSet;

/// Fewer digits are more likely a mistake.
const FEWEST: usize = 8;

/// The fingerprint, and every Secret that holds this key.
pub(super) fn find<'a>(
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
            let secrets = keys.iter().filter(|key| key.fingerprint() == Some(fingerprint)).collect();
            Ok((fingerprint, secrets))
        }
    }
}

/// The newest key that counts.
pub(super) fn newest(keys: &[StoredKey]) -> Option<&StoredKey> {
    keys.iter().find(|key| key.state() == crate::key_store::State::Active)
}
