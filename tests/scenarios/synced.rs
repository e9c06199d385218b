//! [`Synced`]: the condition `Synced`.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::snapshot::Snapshot;

/// The condition's status, for the newest generation, and what its message names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Entry")]
pub(crate) struct Synced {
    status: Word,
    says: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Word {
    True,
    False,
    Unknown,
    /// There is no such condition.
    #[serde(rename = "unseen")]
    Unseen,
    /// There is no such SealedSecret.
    #[serde(rename = "gone")]
    Gone,
}

/// How it is written in the list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Word(Word),
    Full(Full),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    status: Word,
    /// Texts that are in its message.
    says: Vec<String>,
}

impl From<Entry> for Synced {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Word(status) => Self { status, says: Vec::new() },
            Entry::Full(Full { status, says }) => Self { status, says },
        }
    }
}

impl Word {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
            Self::Unseen => "unseen",
            Self::Gone => "gone",
        }
    }
}

impl Synced {
    pub(crate) fn check(&self, snapshot: &Snapshot) -> Result<()> {
        let (word, message) = snapshot.synced();
        ensure!(word == self.status.as_str(), "it is {word}: {message:?}");
        // `kubectl get` shows it in the column Status.
        ensure!((word == "False" || word == "Unknown") != message.is_empty(), "{word} with {message:?}");
        for text in &self.says {
            ensure!(message.contains(text), "{text:?} is not in {message:?}");
        }
        Ok(())
    }
}
