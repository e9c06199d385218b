//! [`FormatError`]: why a text is not a document of recipients. It names the member, and shows no value.

use crate::text::{NOT_CANONICAL, TWICE};

/// The text is not a document of recipients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", .path.as_deref().unwrap_or("it"))]
pub struct FormatError {
    /// The member, as `groups[0].to[1].key`; None for the whole text.
    path: Option<String>,
    /// What is wrong with it.
    problem: &'static str,
}

/// The most characters of a path that are shown. A document may have names of any length.
const PATH: usize = 100;

/// The problems that this crate finds itself. Their texts are found again in serde's messages.
pub(crate) mod problem {
    pub(crate) const VERSION: &str = "has a \"v\" that is not 1, the only version that is supported";
    pub(crate) const NO_GROUPS: &str = "has no group";
    pub(crate) const MANY_GROUPS: &str = "has more than 16 groups";
    pub(crate) const NO_ENTRIES: &str = "has no entry in \"to\"";
    pub(crate) const NO_ITEMS: &str = "has no item";
    pub(crate) const COMMITS: &str = "does not have the same names in \"items\" and \"commits\"";
    pub(crate) const ITEM_LENGTH: &str = "has an item that is not 60 bytes long";
    pub(crate) const COMMIT_LENGTH: &str = "has a commitment that is not 32 bytes long";
    pub(crate) const ONE_RECIPIENT: &str = "does not have exactly one of \"cert\" and \"age\"";
    pub(crate) const FINGERPRINT: &str = "has a fingerprint that is not 64 hex digits in lower case";
    pub(crate) const AGE: &str = "has an age recipient that is not a native X25519 recipient";
}

/// Words of serde's messages, and what is shown instead of the message, which may quote what the text has.
const SERDES: [(&str, &str); 5] = [
    ("unknown field", "is not a known member"),
    ("missing field", "lacks a member"),
    ("duplicate field", TWICE),
    ("invalid type", "has another type than the format has"),
    ("invalid value", "has another value than the format has"),
];

impl FormatError {
    pub(crate) const NOT_JSON: Self = Self { path: None, problem: "is not JSON" };
    pub(crate) const TOO_LONG: Self = Self { path: None, problem: "is longer than 262,144 bytes" };

    pub(crate) fn from_serde(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        use problem::{
            AGE, COMMIT_LENGTH, COMMITS, FINGERPRINT, ITEM_LENGTH, MANY_GROUPS, NO_ENTRIES, NO_GROUPS,
            NO_ITEMS, ONE_RECIPIENT, VERSION,
        };
        const OURS: [&str; 13] = [
            VERSION,
            NO_GROUPS,
            MANY_GROUPS,
            NO_ENTRIES,
            NO_ITEMS,
            COMMITS,
            ITEM_LENGTH,
            COMMIT_LENGTH,
            ONE_RECIPIENT,
            FINGERPRINT,
            AGE,
            NOT_CANONICAL,
            TWICE,
        ];
        let message = error.inner().to_string();
        let ours = OURS.into_iter().find(|ours| message.starts_with(ours));
        let serdes = SERDES.into_iter().find(|(words, _)| message.starts_with(words)).map(|(_, shown)| shown);
        let path = error.path().to_string();
        Self {
            path: (path != "." && path != "?").then(|| path.chars().take(PATH).collect()),
            problem: ours.or(serdes).unwrap_or("is not JSON"),
        }
    }
}
