//! [`Recipients`]: the document in the annotation, read and written.

use crate::entry::Entry;
use crate::format_error::{FormatError, problem};
use crate::group::Group;
use envelope::{Certificate, Fingerprint, SealError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use strict_json::object;

/// The longest text that is read, in bytes: the API server takes no more in all annotations of an object.
pub const LONGEST_READ: usize = 262_144;

/// The longest text that is written, in bytes.
pub const LONGEST_WRITTEN: usize = 204_800;

/// The most groups.
pub const MOST_GROUPS: usize = 16;

/// The recipients of a SealedSecret, in groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Raw")]
pub struct Recipients {
    groups: Vec<Group>,
}

/// The document would have a 17th group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the annotation has 16 groups already, and a 17th is refused")]
pub struct TooManyGroups;

/// The document is longer than is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the annotation for the recipients would have {0} bytes; the most is {LONGEST_WRITTEN}")]
pub struct TooLong(usize);

impl Recipients {
    /// A document of one group.
    #[must_use]
    pub fn new(group: Group) -> Self {
        Self { groups: vec![group] }
    }

    /// Reads the annotation.
    pub fn from_text(text: &str) -> Result<Self, FormatError> {
        if text.len() > LONGEST_READ {
            return Err(FormatError::TOO_LONG);
        }
        FormatError::read(text.as_bytes())
    }

    /// The annotation.
    pub fn to_text(&self) -> Result<String, TooLong> {
        // Maps of text serialise always.
        let text = serde_json::to_string(self).unwrap_or_default();
        if text.len() > LONGEST_WRITTEN { Err(TooLong(text.len())) } else { Ok(text) }
    }

    /// The groups, the oldest first.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The groups that have an item of this name, with their index.
    pub fn groups_with(&self, name: &str) -> impl Iterator<Item = (usize, &Group)> {
        self.groups.iter().enumerate().filter(move |(_, group)| group.has(name))
    }

    /// Adds a group. Its items are taken out of the other groups, and groups without items are dropped.
    pub fn add(&mut self, group: Group) -> Result<(), TooManyGroups> {
        let mut groups = self.groups.clone();
        for older in &mut groups {
            older.items.retain(|name, _| !group.has(name));
        }
        groups.retain(|older| !older.items.is_empty());
        if groups.len() >= MOST_GROUPS {
            return Err(TooManyGroups);
        }
        groups.push(group);
        self.groups = groups;
        Ok(())
    }

    /// Keeps the items of these names. None if there is none.
    #[must_use]
    pub fn keeping(mut self, keep: impl Fn(&str) -> bool) -> Option<Self> {
        for group in &mut self.groups {
            group.items.retain(|name, _| keep(name));
        }
        self.groups.retain(|group| !group.items.is_empty());
        (!self.groups.is_empty()).then_some(self)
    }

    /// The fingerprints of all certificates that are named.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        self.groups.iter().flat_map(Group::to).filter_map(Entry::fingerprint)
    }

    /// Whether this is `before` with one entry at most of each group wrapped again for another certificate, and nothing else.
    #[must_use]
    pub fn is_resealed_from(&self, before: &Self) -> bool {
        let same_but_one = |after: &Group, before: &Group| {
            let changed: Vec<_> =
                after.to.iter().zip(&before.to).filter(|(after, before)| after != before).collect();
            let are_certificates = |(after, before): &(&Entry, &Entry)| {
                after.fingerprint().is_some() && before.fingerprint().is_some()
            };
            after.items == before.items
                && after.to.len() == before.to.len()
                && changed.len() <= 1
                && changed.iter().all(are_certificates)
        };
        self.groups.len() == before.groups.len()
            && self.groups.iter().zip(&before.groups).all(|(after, before)| same_but_one(after, before))
    }

    /// Wraps an object key again, for another certificate of the recipient that opened it.
    pub fn reseal_entry(
        &mut self,
        (group, entry): (usize, usize),
        certificate: &Certificate,
        label: &[u8],
        object_key: &crate::ObjectKey,
    ) -> Result<(), SealError> {
        let sealed = Entry::seal(certificate, label, object_key)?;
        if let Some(place) = self.groups.get_mut(group).and_then(|group| group.to.get_mut(entry)) {
            *place = sealed;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<Raw, _>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    v: u64,
    groups: Vec<Group>,
}

impl TryFrom<Raw> for Recipients {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        match (raw.v, raw.groups.len()) {
            (1, 1..=MOST_GROUPS) => Ok(Self { groups: raw.groups }),
            (1, 0) => Err(problem::NO_GROUPS),
            (1, _) => Err(problem::MANY_GROUPS),
            _ => Err(problem::VERSION),
        }
    }
}

impl From<Recipients> for Raw {
    fn from(recipients: Recipients) -> Self {
        Self { v: 1, groups: recipients.groups }
    }
}
