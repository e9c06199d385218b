//! [`KeyId`]: what names the key of a cluster, in messages, in the trust store and in a file for `--trusted`.

use envelope::Fingerprint;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The fingerprint of a certificate, or a public key of age, which is its own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum KeyId {
    Certificate(Fingerprint),
    Age(age::x25519::Recipient),
}

/// A text that names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is neither the fingerprint of a certificate nor a public key of age")]
pub(crate) struct NotAKeyId;

impl KeyId {
    /// A few characters, enough to tell the keys of a project apart.
    pub(crate) fn short(&self) -> String {
        match self {
            Self::Certificate(fingerprint) => fingerprint.short(),
            Self::Age(recipient) => recipient.to_string().chars().take(12).collect::<String>() + "…",
        }
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let certificate = text.parse().map(Self::Certificate).ok();
        certificate.or_else(|| text.parse().map(Self::Age).ok()).ok_or(NotAKeyId)
    }
}

impl TryFrom<String> for KeyId {
    type Error = NotAKeyId;

    fn try_from(text: String) -> Result<Self, NotAKeyId> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(key: KeyId) -> Self {
        key.to_string()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(fingerprint) => fingerprint.fmt(f),
            Self::Age(recipient) => recipient.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_prints_and_nothing_else() {
        let age = age::x25519::Identity::generate().to_public().to_string();
        for text in ["ab".repeat(32), age] {
            assert_eq!(text.parse::<KeyId>().map(String::from), Ok(text));
        }
        for text in ["", "ab", "age1", "ssh-ed25519 AAAA", "age1yubikey1q"] {
            assert_eq!(text.parse::<KeyId>(), Err(NotAKeyId), "{text}");
        }
    }
}
