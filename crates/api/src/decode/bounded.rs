//! Maps and lists of objects that any client may have written, decoded into no more memory than is needed.
//!
//! An object of 1.5 MB, the most that etcd takes, may have hundreds of thousands of entries, and each takes a hundred bytes of memory
//! beyond its own. An honest object has some hundreds.

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// More entries than an honest object can have: a sealed value takes at least 370 bytes.
pub(crate) const MOST: usize = 5_000;

/// The most entries of metadata that are kept where they are chosen by name.
const MOST_CHOSEN: usize = 64;

/// The longest value of such an entry, in bytes, if there is no other limit for its name. The longest that is read is a fingerprint and has 64.
pub(crate) const LONGEST_CHOSEN: usize = 256;

/// The most bytes of names that are kept where the values are not. A message has no room for more.
const NAMES: usize = 1_024;

/// A field of a Secret has more entries than are decoded.
///
/// Decided: such a Secret is not read at all, instead of reading the requested entries: what is left out may be an
/// annotation that says whose it is, and what is written back would lose values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has more than {MOST} entries in {field}, which are too many to be read")]
pub struct TooManyEntries {
    /// As `data` or `metadata.labels`.
    pub field: &'static str,
}

/// The entries of a map, or the items of a list, of which no more than [`MOST`] are kept.
#[derive(Debug)]
pub(crate) struct Few<T> {
    /// None for null, or where there is nothing.
    pub kept: Option<T>,
    /// Whether there are more than are kept.
    pub is_cut: bool,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { kept: None, is_cut: false }
    }
}

impl<T> Few<T> {
    fn whole<E: Error>(self) -> Result<Option<T>, E> {
        if self.is_cut { Err(E::custom("too many entries")) } else { Ok(self.kept) }
    }
}

/// Decodes a map, or nothing from null; one with too many entries is an error.
pub(crate) fn few_entries<'de, D, V>(deserializer: D) -> Result<Option<BTreeMap<String, V>>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    first_entries::<true, _, _>(deserializer)?.whole()
}

/// Decodes the first entries of a map, and steps over those that are too many; or fails there, if it is `STRICT`.
pub(crate) fn first_entries<'de, const STRICT: bool, D, V>(
    deserializer: D,
) -> Result<Few<BTreeMap<String, V>>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    let few = deserializer.deserialize_option(Entries {
        chosen: |_: &str| true,
        most: MOST,
        value: PhantomData,
    })?;
    checked::<STRICT, _, _>(few)
}

/// Decodes the entries of these names with values that are not too long, and steps over the others. `longest` is the length that the value of a
/// name may have.
pub(crate) fn entries_if<'de, D: Deserializer<'de>>(
    deserializer: D,
    chosen: impl Fn(&str) -> bool,
    longest: impl Fn(&str) -> usize,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let few = deserializer.deserialize_option(Entries {
        chosen,
        most: MOST_CHOSEN,
        value: PhantomData::<String>,
    })?;
    let mut entries = few.kept;
    if let Some(entries) = &mut entries {
        entries.retain(|name, value| value.len() <= longest(name));
    }
    Ok(entries)
}

/// Decodes the names of a map's entries, if they are few and short; else no name.
pub(crate) fn names_of_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(Names)
}

/// Decodes the first items of a list, and drops those that are too many one by one; or fails there, if it is `STRICT`.
pub(crate) fn first_items<'de, const STRICT: bool, D, T>(deserializer: D) -> Result<Few<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let few =
        deserializer.deserialize_option(Items { chosen: |_: &T| true, most: MOST, item: PhantomData })?;
    checked::<STRICT, _, _>(few)
}

/// Decodes the items that are chosen, and drops the others one by one.
pub(crate) fn items_if<'de, D, T>(
    deserializer: D,
    chosen: impl Fn(&T) -> bool,
) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let few = deserializer.deserialize_option(Items { chosen, most: MOST_CHOSEN, item: PhantomData })?;
    Ok(few.kept)
}

fn checked<const STRICT: bool, T, E: Error>(few: Few<T>) -> Result<Few<T>, E> {
    if STRICT { few.whole().map(|kept| Few { kept, is_cut: false }) } else { Ok(few) }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        let mut left = Some(NAMES);
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<IgnoredAny>()?;
            left = left.and_then(|left| left.checked_sub(name.len() + 1));
            match left {
                Some(_) => names.push(name),
                None => names = Vec::new(),
            }
        }
        Ok(names)
    }
}

struct Entries<F, V> {
    chosen: F,
    most: usize,
    value: PhantomData<V>,
}

impl<'de, F: Fn(&str) -> bool, V: Deserialize<'de>> Visitor<'de> for Entries<F, V> {
    type Value = Few<BTreeMap<String, V>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Few::default())
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Few::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entries, mut is_cut) = (BTreeMap::new(), false);
        while let Some(name) = map.next_key::<String>()? {
            let is_chosen = (self.chosen)(&name);
            is_cut |= is_chosen && entries.len() >= self.most;
            if is_chosen && !is_cut {
                entries.insert(name, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Few { kept: Some(entries), is_cut })
    }
}

struct Items<F, T> {
    chosen: F,
    most: usize,
    item: PhantomData<T>,
}

impl<'de, F: Fn(&T) -> bool, T: Deserialize<'de>> Visitor<'de> for Items<F, T> {
    type Value = Few<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Few::default())
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Few::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut is_cut) = (Vec::new(), false);
        while let Some(item) = seq.next_element()? {
            let is_chosen = (self.chosen)(&item);
            is_cut |= is_chosen && items.len() >= self.most;
            if is_chosen && !is_cut {
                items.push(item);
            }
        }
        Ok(Few { kept: Some(items), is_cut })
    }
}
