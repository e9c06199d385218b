//! [`Stated`]: a part of an end state: the expected value, or that it may be anything, and why.

use anyhow::{Context as _, Result};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `any: why` in the list, else what is expected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stated<T> {
    /// It depends on something that no scenario can fix.
    Any,
    /// Exactly this.
    Exactly(T),
}

impl<T> Stated<T> {
    /// Compares the expected value, if there is one, with the cluster's.
    pub(crate) fn check(&self, what: &str, check: impl FnOnce(&T) -> Result<()>) -> Result<()> {
        match self {
            Self::Any => Ok(()),
            Self::Exactly(wanted) => check(wanted).with_context(|| what.to_owned()),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let only_any =
            value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.get("any"));
        match only_any {
            Some(Value::String(why)) if !why.is_empty() => Ok(Self::Any),
            Some(_) => Err(D::Error::custom("`any` needs a reason")),
            None => serde_json::from_value(value).map(Self::Exactly).map_err(D::Error::custom),
        }
    }
}
