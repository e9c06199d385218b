//! [`WrappedKey`]: the document `wrapped.json`, read and written.

use crate::format::context::{ClusterName, Context, FORMAT};
use crate::format::data_key::{CryptoFailed, DataKey, NotDecrypted};
use crate::format::error::{FormatError, problem};
use crate::format::slot::{self, Slot};
use envelope::Fingerprint;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use strict_json::{Base64, object};
use zeroize::Zeroizing;

/// The longest text that is read, in bytes.
pub const LONGEST: usize = 131_072;

/// A private key encrypted under a data key, and the data key under each provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Raw")]
pub struct WrappedKey {
    cluster_name: ClusterName,
    since: Timestamp,
    private_key: Vec<u8>,
    slots: Vec<Slot>,
    slots_mac: Vec<u8>,
}

impl WrappedKey {
    /// Encrypts a private key (PKCS#8, DER) under a data key that these slots hold.
    pub(crate) fn new(
        private: &[u8],
        context: &Context,
        data_key: &DataKey,
        slots: Vec<Slot>,
    ) -> Result<Self, CryptoFailed> {
        Ok(Self {
            cluster_name: context.cluster_name.clone(),
            since: context.since,
            private_key: data_key.encrypt(private, context)?,
            slots_mac: data_key.authenticate(&slots)?,
            slots,
        })
    }

    /// Reads `wrapped.json`.
    pub fn from_json(text: &[u8]) -> Result<Self, FormatError> {
        if text.len() > LONGEST {
            return Err(FormatError::TOO_LONG);
        }
        FormatError::read(text)
    }

    /// The text of `wrapped.json`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Maps of text serialise always.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The cluster that it was wrapped for. Anyone who may write the Secret may write this: it is for messages, until the key is unwrapped.
    #[must_use]
    pub fn cluster_name(&self) -> &ClusterName {
        &self.cluster_name
    }

    /// The date that decides which key is newer. It proves nothing until the key is unwrapped.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The data key under each provider.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The providers that encrypt with another key now than with that of their slot. `current` has, by provider, the name of the key of now
    /// ([`KeyProviders::current_key_id`](crate::KeyProviders::current_key_id)); of one that it does not name, nothing is known.
    #[must_use]
    pub fn stale_slots(&self, current: &BTreeMap<String, String>) -> Vec<&str> {
        let is_stale = |slot: &&Slot| current.get(&slot.uri).is_some_and(|key_id| *key_id != slot.key_id);
        self.slots.iter().filter(is_stale).map(|slot| slot.uri.as_str()).collect()
    }

    /// What it opens in, beside a certificate with this fingerprint.
    #[must_use]
    pub fn context(&self, fingerprint: Fingerprint) -> Context {
        Context { fingerprint, cluster_name: self.cluster_name.clone(), since: self.since }
    }

    /// The private key (PKCS#8, DER).
    pub(crate) fn decrypt(
        &self,
        data_key: &DataKey,
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
        data_key.decrypt(&self.private_key, context)
    }

    /// Whether its slots are those that it was wrapped with.
    pub(crate) fn has_its_slots(&self, data_key: &DataKey) -> bool {
        data_key.verify(&self.slots, &self.slots_mac)
    }
}

impl<'de> Deserialize<'de> for WrappedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<Raw, _>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Raw {
    format: String,
    cluster_name: String,
    since: String,
    private_key: Base64,
    slots: Vec<Slot>,
    slots_mac: Base64,
}

impl TryFrom<Raw> for WrappedKey {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        if raw.format != FORMAT {
            return Err(problem::VERSION);
        }
        slot::check(&raw.slots)?;
        let since: Timestamp = raw.since.parse().map_err(|_| problem::SINCE)?;
        // One text for each date, because the text is authenticated. RFC 3339 has no year before 0.
        if since.to_string() != raw.since || raw.since.starts_with('-') {
            return Err(problem::SINCE);
        }
        Ok(Self {
            cluster_name: raw.cluster_name.parse().map_err(|_| problem::CLUSTER_NAME)?,
            since,
            private_key: raw.private_key.0,
            slots: raw.slots,
            slots_mac: raw.slots_mac.0,
        })
    }
}

impl From<WrappedKey> for Raw {
    fn from(key: WrappedKey) -> Self {
        Self {
            format: FORMAT.to_owned(),
            cluster_name: key.cluster_name.to_string(),
            since: key.since.to_string(),
            private_key: Base64(key.private_key),
            slots: key.slots,
            slots_mac: Base64(key.slots_mac),
        }
    }
}

#[cfg(test)]
mod tests;
