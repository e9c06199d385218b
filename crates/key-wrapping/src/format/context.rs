//! [`Context`]: what a wrapped key is bound to.

use crate::format::fields::append;
use envelope::Fingerprint;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The name of this format and its version.
pub(crate) const FORMAT: &str = "sealed-secrets/wrapped-key/v1";

/// What a private key was wrapped for. It opens in no other context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The fingerprint of the key's certificate.
    pub fingerprint: Fingerprint,
    /// The name of the cluster, which its administrator has chosen.
    pub cluster_name: ClusterName,
    /// The date that decides which key is newer.
    pub since: Timestamp,
}

impl Context {
    /// The associated data of the private key, and of the data key where the provider takes some: each field with its length before it.
    #[must_use]
    pub fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let (fingerprint, since) = (self.fingerprint.to_string(), self.since.to_string());
        for field in [FORMAT, &fingerprint, self.cluster_name.as_str(), &since] {
            append(&mut data, field.as_bytes());
        }
        data
    }
}

/// The name of a cluster: 1 to 100 lower-case letters, digits, `-`, `.` and `_`. A KMS may show it in plain, as AWS does in its logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterName(String);

/// The text is not the name of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cluster name is 1 to 100 lower-case letters, digits, `-`, `.` and `_`")]
pub struct ClusterNameError;

impl ClusterName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of another cluster, for a probe. A service may show it in its logs.
    pub(crate) fn another(&self) -> Self {
        Self(if self.0 == "another-cluster" { "a-third-cluster" } else { "another-cluster" }.to_owned())
    }
}

impl FromStr for ClusterName {
    type Err = ClusterNameError;

    fn from_str(text: &str) -> Result<Self, ClusterNameError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
        let is_name = (1..=100).contains(&text.len()) && text.chars().all(allowed);
        if is_name { Ok(Self(text.to_owned())) } else { Err(ClusterNameError) }
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
    fn the_fields_of_the_associated_data_have_their_lengths_before_them() {
        let context = Context {
            fingerprint: "0".repeat(64).parse().unwrap(),
            cluster_name: "eu-1".parse().unwrap(),
            since: "2026-01-02T03:04:05Z".parse().unwrap(),
        };
        let expected = format!(
            "\0\0\0\x1dsealed-secrets/wrapped-key/v1\0\0\0\x40{}\0\0\0\x04eu-1\0\0\0\x142026-01-02T03:04:05Z",
            "0".repeat(64)
        );
        assert_eq!(context.associated_data(), expected.as_bytes());
    }

    #[test]
    fn names_of_clusters() {
        for name in ["a", "prod-eu.1_b", &"x".repeat(100)] {
            assert_eq!(name.parse::<ClusterName>().unwrap().to_string(), name);
        }
        for name in ["another-cluster", "a-third-cluster", "prod"] {
            let name: ClusterName = name.parse().unwrap();
            assert!(
                name.another() != name && name.another().as_str().parse() == Ok(name.another()),
                "{name}"
            );
        }
        for text in ["", "A", "a b", "a\n", "ü", &"x".repeat(101)] {
            assert_eq!(text.parse::<ClusterName>(), Err(ClusterNameError), "{text:?}");
        }
    }
}
