//! [`Group`]: items that were sealed together, and the recipients that open them.

use crate::entry::Entry;
use crate::format_error::problem;
use crate::item::Item;
use crate::object_key::ObjectKey;
use envelope::AesKey;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use strict_json::{Base64, object, unique};

/// A group: it has at least one recipient and one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Raw")]
pub struct Group {
    pub(crate) to: Vec<Entry>,
    pub(crate) items: BTreeMap<String, Item>,
}

/// The entry of an item matches its envelope.
#[derive(Debug)]
pub struct Matching<'a> {
    session_key: AesKey,
    item: &'a Item,
}

impl Group {
    /// The recipients.
    #[must_use]
    pub fn to(&self) -> &[Entry] {
        &self.to
    }

    /// The names of the items, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }

    /// Whether there is an item of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.items.contains_key(name)
    }

    /// Opens the entry of an item. None if it does not match: it is for another envelope, object or name.
    #[must_use]
    pub fn open(
        &self,
        key: &ObjectKey,
        label: &[u8],
        name: &str,
        sealed_part: &[u8],
    ) -> Option<Matching<'_>> {
        let item = self.items.get(name)?;
        let session_key = item.open(key, label, name, sealed_part)?;
        Some(Matching { session_key, item })
    }
}

impl Matching<'_> {
    /// Whether a session key, of the entry or of the envelope, is the one that was sealed.
    #[must_use]
    pub fn commits_to(&self, session_key: &AesKey) -> bool {
        self.item.commits_to(session_key)
    }

    /// The session key in the entry. None if the entry is not the key that it commits to.
    #[must_use]
    pub fn session_key(&self) -> Option<&AesKey> {
        self.commits_to(&self.session_key).then_some(&self.session_key)
    }

    /// Takes the session key out, whether the entry commits to it or not.
    #[must_use]
    pub fn into_session_key(self) -> AesKey {
        self.session_key
    }
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<Raw, _>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    to: Vec<Entry>,
    #[serde(deserialize_with = "unique")]
    items: BTreeMap<String, Base64>,
    #[serde(deserialize_with = "unique")]
    commits: BTreeMap<String, Base64>,
}

impl TryFrom<Raw> for Group {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        if raw.to.is_empty() {
            return Err(problem::NO_ENTRIES);
        }
        if raw.items.is_empty() {
            return Err(problem::NO_ITEMS);
        }
        if !raw.items.keys().eq(raw.commits.keys()) {
            return Err(problem::COMMITS);
        }
        let pairs = raw.items.into_iter().zip(raw.commits.into_values());
        let items = pairs.map(|((name, sealed), commit)| {
            let sealed = sealed.0.try_into().map_err(|_| problem::ITEM_LENGTH)?;
            let commit = commit.0.try_into().map_err(|_| problem::COMMIT_LENGTH)?;
            Ok((name, Item { sealed, commit }))
        });
        Ok(Self { to: raw.to, items: items.collect::<Result<_, Self::Error>>()? })
    }
}

impl From<Group> for Raw {
    fn from(group: Group) -> Self {
        let of = |bytes: fn(&Item) -> &[u8]| {
            group.items.iter().map(|(name, item)| (name.clone(), Base64(bytes(item).to_vec()))).collect()
        };
        let (items, commits) = (of(|item| &item.sealed), of(|item| &item.commit));
        Self { to: group.to, items, commits }
    }
}
