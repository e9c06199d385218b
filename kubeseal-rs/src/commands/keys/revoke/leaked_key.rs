//! [`LeakedKey`]: the key to revoke, and the key that replaces it.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::{find, newest_but};
use crate::key_store::stored_key::StoredKey;
use envelope::Fingerprint;

/// A key that leaked.
pub(crate) struct LeakedKey<'a> {
    pub fingerprint: Fingerprint,
    /// Every Secret with it. The private key leaked, whatever certificates were made for it.
    pub secrets: Vec<&'a StoredKey>,
    /// The newest other key in use.
    pub left: Option<&'a StoredKey>,
    /// Whether new values are sealed with it.
    pub is_newest: bool,
}

impl<'a> LeakedKey<'a> {
    /// Finds the key of a fingerprint, with all Secrets that hold it.
    pub(crate) fn of(keys: &'a [StoredKey], given: &str) -> Result<Self, KeysError> {
        let (fingerprint, same) = find(keys, given)?;
        let secrets: Vec<&StoredKey> =
            keys.iter().filter(|key| same.iter().any(|it| it.is_same(key))).collect();
        let left = newest_but(keys, &secrets);
        let newest = newest_but(keys, &[]).map(StoredKey::name);
        let is_newest = newest.is_some_and(|newest| secrets.iter().any(|key| key.name() == newest));
        Ok(Self { fingerprint, secrets, left, is_newest })
    }
}
