//! [`ClusterName`]: the name that a team gives a cluster in the project file.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name.
const LONGEST: usize = 63;

/// In a file for `--trusted`, the line with the digest of the rules begins with this word.
pub(crate) const RESERVED: &str = "rules";

/// Letters, digits and hyphens. It is a part of file names, and means nothing else to a shell or a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ClusterName(String);

/// A text that cannot be the name of a cluster. It is not shown: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidClusterName {
    #[error("the name of a cluster has lower-case letters, digits and hyphens, {LONGEST} at most")]
    Form,
    #[error("no cluster can be called \"{RESERVED}\"")]
    Reserved,
}

impl ClusterName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterName {
    type Err = InvalidClusterName;

    fn from_str(text: &str) -> Result<Self, InvalidClusterName> {
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > LONGEST || !text.chars().all(is_allowed) {
            Err(InvalidClusterName::Form)
        } else if text == RESERVED {
            Err(InvalidClusterName::Reserved)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ClusterName {
    type Error = InvalidClusterName;

    fn try_from(text: String) -> Result<Self, InvalidClusterName> {
        text.parse()
    }
}

impl From<ClusterName> for String {
    fn from(name: ClusterName) -> Self {
        name.0
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_letters_digits_and_hyphens() {
        for good in ["prod-eu", "dr", "0", "a-", &"a".repeat(63)] {
            assert_eq!(good.parse::<ClusterName>().map(String::from).as_deref(), Ok(good));
        }
        for bad in ["", "Prod", "prod_eu", "prod.eu", "a/b", "..", "a b", "\u{e9}", &"a".repeat(64)] {
            assert_eq!(bad.parse::<ClusterName>(), Err(InvalidClusterName::Form), "{bad}");
        }
        assert_eq!("rules".parse::<ClusterName>(), Err(InvalidClusterName::Reserved));
    }
}
