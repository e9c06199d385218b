//! [`Slot`]: a data key under one provider.

use crate::format::error::problem;
use crate::format::fields::{append, append_count};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use strict_json::{Base64, object, unique};

/// The most slots of a wrapped key.
pub const MOST_SLOTS: usize = 8;

/// The most bytes of all slots of a wrapped key together.
pub const SLOTS_LONGEST: usize = 65_536;

/// A data key under one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Raw")]
pub struct Slot {
    /// The provider. It is compared with those that are configured, and never contacted because of this text.
    pub uri: String,
    /// The provider's name of the key, or of its version. Empty where it has none.
    pub key_id: String,
    /// What the provider encrypted.
    pub wrapped: Vec<u8>,
    /// What a KMS v2 plugin needs to decrypt it, beside the name of its key.
    pub annotations: BTreeMap<String, Vec<u8>>,
}

impl Slot {
    fn length(&self) -> usize {
        let annotations = self.annotations.iter().map(|(name, value)| name.len() + value.len());
        self.uri.len() + self.key_id.len() + self.wrapped.len() + annotations.sum::<usize>()
    }
}

/// Checks the number of slots, and their length.
pub(crate) fn check(slots: &[Slot]) -> Result<(), &'static str> {
    match slots.len() {
        0 => Err(problem::NO_SLOTS),
        1..=MOST_SLOTS if slots.iter().map(Slot::length).sum::<usize>() <= SLOTS_LONGEST => Ok(()),
        1..=MOST_SLOTS => Err(problem::LONG_SLOTS),
        _ => Err(problem::MANY_SLOTS),
    }
}

/// What is authenticated: the number of slots; of each its fields, each with its length before it; annotations by name.
pub(crate) fn slots_bytes(slots: &[Slot]) -> Vec<u8> {
    let mut bytes = Vec::new();
    append_count(&mut bytes, slots.len());
    for slot in slots {
        append(&mut bytes, slot.uri.as_bytes());
        append(&mut bytes, slot.key_id.as_bytes());
        append(&mut bytes, &slot.wrapped);
        append_count(&mut bytes, slot.annotations.len());
        for (name, value) in &slot.annotations {
            append(&mut bytes, name.as_bytes());
            append(&mut bytes, value);
        }
    }
    bytes
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<Raw, _>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Raw {
    uri: String,
    key_id: String,
    wrapped: Base64,
    #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, Base64>,
}

impl TryFrom<Raw> for Slot {
    type Error = &'static str;

    fn try_from(Raw { uri, key_id, wrapped, annotations }: Raw) -> Result<Self, Self::Error> {
        if uri.is_empty() || wrapped.0.is_empty() {
            return Err(problem::EMPTY_SLOT);
        }
        let annotations = annotations.into_iter().map(|(name, value)| (name, value.0)).collect();
        Ok(Self { uri, key_id, wrapped: wrapped.0, annotations })
    }
}

impl From<Slot> for Raw {
    fn from(Slot { uri, key_id, wrapped, annotations }: Slot) -> Self {
        let annotations = annotations.into_iter().map(|(name, value)| (name, Base64(value))).collect();
        Self { uri, key_id, wrapped: Base64(wrapped), annotations }
    }
}
