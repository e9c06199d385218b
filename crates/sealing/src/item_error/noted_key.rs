//! [`NotedKey`]: what is known of a key that a SealedSecret says it was sealed with; [`NotedKeys`]: which keys it says that of.

use crate::annotation::recipients_in;
use crate::item_error::item_certificates::ItemCertificates;
use envelope::Fingerprint;
use recipients::{Entry, Group, Recipients};
use std::collections::BTreeMap;
use std::fmt;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotedKey {
    /// It is here, and opens.
    Active,
    /// It leaked and was revoked.
    Revoked,
    /// It is here in wrapped form, and not unwrapped yet.
    Waiting(KeyWait),
    /// It is here in wrapped form, and nothing opens it as it is.
    Closed,
    /// It is here, and opens nothing because of its label. Its Secret, if it is known which, and if all who read it may list key Secrets.
    Retired(Option<SecretName>),
    /// It is not here.
    Absent,
    /// Whether it is here is not known.
    Unknown,
}

/// What keeps a wrapped key from being unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyWait {
    /// It was not tried yet, or a key management service answered and did not open it.
    NotOpened,
    /// Its key management service does not answer.
    NoAnswer,
}

impl fmt::Display for KeyWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapped, and not unwrapped yet")?;
        match self {
            Self::NotOpened => Ok(()),
            Self::NoAnswer => f.write_str(" because its key management service does not answer"),
        }
    }
}

/// The namespace and name of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The keys that the annotations of an object name. Any user may write them, so that they prove nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotedKeys {
    /// The keys of the items themselves: one, or one for each of several parts.
    pub of_items: Vec<Fingerprint>,
    /// Those of the entries for the recipients.
    pub of_entries: Vec<Fingerprint>,
}

impl NotedKeys {
    /// Reads the annotations of an object with items of these names.
    #[must_use]
    pub fn of<'n>(
        annotations: Option<&BTreeMap<String, String>>,
        items: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let recipients = recipients_in(annotations).and_then(Result::ok);
        let entries = recipients.iter().flat_map(Recipients::groups).flat_map(Group::to);
        Self {
            of_items: ItemCertificates::of(annotations).among(items).keys().collect(),
            of_entries: entries.filter_map(Entry::fingerprint).collect(),
        }
    }
}
