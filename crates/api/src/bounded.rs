//! Maps and lists of an object that anybody may have written, decoded so that no more is built than is needed.
//!
//! An object of 1.5 MB, which is what etcd takes, may have hundreds of thousands of entries, and each takes a hundred bytes of memory
//! beyond its own. An honest object has some hundreds.

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// More entries than an honest object can have: a sealed value takes at least 370 bytes.
const MOST: usize = 5_000;

/// Entries of one object's metadata that are ours.
const MOST_CHOSEN: usize = 64;

/// Decodes a map, or nothing from null; one with too many entries is an error.
pub(crate) fn few_entries<'de, D, V>(deserializer: D) -> Result<Option<BTreeMap<String, V>>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    deserializer.deserialize_option(Entries { chosen: |_: &str| true, strict: true, value: PhantomData })
}

/// Decodes the entries of these names, and steps over the others.
pub(crate) fn entries_if<'de, D: Deserializer<'de>>(
    deserializer: D,
    chosen: impl Fn(&str) -> bool,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    deserializer.deserialize_option(Entries { chosen, strict: false, value: PhantomData })
}

/// Decodes a list, or nothing from null; one with too many items is an error.
pub(crate) fn few_items<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_option(Items { chosen: |_: &T| true, strict: true, item: PhantomData })
}

/// Decodes these items, and drops the others one by one.
pub(crate) fn items_if<'de, D, T>(
    deserializer: D,
    chosen: impl Fn(&T) -> bool,
) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_option(Items { chosen, strict: false, item: PhantomData })
}

struct Entries<F, V> {
    chosen: F,
    /// Whether too many are an error; otherwise those that are too many are left out.
    strict: bool,
    value: PhantomData<V>,
}

impl<'de, F: Fn(&str) -> bool, V: Deserialize<'de>> Visitor<'de> for Entries<F, V> {
    type Value = Option<BTreeMap<String, V>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if !(self.chosen)(&name) || (!self.strict && entries.len() >= MOST_CHOSEN) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if entries.len() >= MOST {
                return Err(A::Error::custom("too many entries"));
            }
            entries.insert(name, map.next_value()?);
        }
        Ok(Some(entries))
    }
}

struct Items<F, T> {
    chosen: F,
    strict: bool,
    item: PhantomData<T>,
}

impl<'de, F: Fn(&T) -> bool, T: Deserialize<'de>> Visitor<'de> for Items<F, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            if !(self.chosen)(&item) || (!self.strict && items.len() >= MOST_CHOSEN) {
                continue;
            }
            if items.len() >= MOST {
                return Err(A::Error::custom("too many items"));
            }
            items.push(item);
        }
        Ok(Some(items))
    }
}
