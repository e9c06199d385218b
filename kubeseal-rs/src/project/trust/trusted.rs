//! [`Trusted`]: what was accepted: for each cluster its keys and its connection, and the rules.

use crate::project::cluster::Connection;
use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use crate::project::trust::claim::Claim;
use crate::project::trust::rules::{differences, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What was accepted for a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trusted {
    #[serde(default)]
    pub clusters: BTreeMap<ClusterName, TrustedCluster>,
    #[serde(default)]
    pub rules: TrustedRules,
}

/// What was accepted for a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrustedCluster {
    /// Several, since keys renew, and branches and machines follow one after the other.
    #[serde(default)]
    pub keys: Vec<KeyId>,
    #[serde(default)]
    pub connection: Connection,
}

/// The rules that were accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TrustedRules {
    #[default]
    None,
    /// Normalised, so that a change can be shown.
    Text(Vec<String>),
    /// Their digest only, which a file of `--trusted` has.
    Digest(String),
}

/// What is new, one on each line, for a question or an error.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Differences(Vec<String>);

impl Trusted {
    /// The keys that were accepted for a cluster.
    pub(crate) fn keys(&self, cluster: &ClusterName) -> &[KeyId] {
        self.clusters.get(cluster).map(|cluster| cluster.keys.as_slice()).unwrap_or_default()
    }

    /// Whether the claim was accepted. A cluster that says nothing of how it is reached needs no trust for that.
    pub(crate) fn has(&self, claim: &Claim) -> bool {
        match claim {
            Claim::Key { cluster, key, .. } => self.keys(cluster).contains(key),
            Claim::Connection { cluster, connection } => {
                connection.is_empty()
                    || self.clusters.get(cluster).is_some_and(|known| known.connection == *connection)
            }
            Claim::Rules(rules) => match &self.rules {
                TrustedRules::None => rules.is_empty(),
                TrustedRules::Text(known) => known == rules,
                TrustedRules::Digest(known) => *known == digest(rules),
            },
        }
    }

    /// The claims that were not accepted.
    pub(crate) fn missing(&self, mut claims: Vec<Claim>) -> Vec<Claim> {
        claims.retain(|claim| !self.has(claim));
        claims
    }

    /// Accepts a claim.
    ///
    /// Decided: earlier certificates of a cluster stay accepted, because a branch may be older than the renewal of the key; an earlier
    /// recipient does not, because it was replaced for a reason.
    pub(crate) fn add(&mut self, claim: Claim) {
        match claim {
            Claim::Key { cluster, key, .. } => {
                let keys = &mut self.clusters.entry(cluster).or_default().keys;
                let is_certificate = |key: &KeyId| matches!(key, KeyId::Certificate(_));
                keys.retain(|known| is_certificate(known) && is_certificate(&key) && *known != key);
                keys.push(key);
            }
            Claim::Connection { cluster, connection } => {
                self.clusters.entry(cluster).or_default().connection = connection;
            }
            Claim::Rules(rules) => self.rules = TrustedRules::Text(rules),
        }
    }

    /// What these claims change.
    pub(crate) fn differences(&self, claims: &[Claim]) -> Differences {
        let mut lines = Vec::new();
        for claim in claims {
            match claim {
                Claim::Key { cluster, key, not_after } => {
                    let what = if matches!(key, KeyId::Age(_)) { "recipient" } else { "certificate" };
                    let until =
                        not_after.map(|time| format!(", valid until {}", day(time))).unwrap_or_default();
                    let before = match self.keys(cluster).last() {
                        Some(last) => format!(" (accepted before: {})", last.short()),
                        None => String::new(),
                    };
                    lines.push(format!("{cluster}: {what} {key}{until}{before}"));
                }
                Claim::Connection { cluster, connection } => {
                    let before = self.clusters.get(cluster).map(|known| &known.connection);
                    let before = match before.filter(|before| !before.is_empty()) {
                        Some(before) => format!(" (accepted before: {before})"),
                        None => String::new(),
                    };
                    lines.push(format!("{cluster}: is reached by {connection}{before}"));
                }
                Claim::Rules(rules) => {
                    let before = match &self.rules {
                        TrustedRules::Text(before) => before.as_slice(),
                        TrustedRules::None | TrustedRules::Digest(_) => &[],
                    };
                    lines.push(format!("rules {}:", digest(rules)));
                    lines.extend(differences(before, rules).into_iter().map(|line| format!("  {line}")));
                }
            }
        }
        Differences(lines)
    }

    /// What these claims change, where this was accepted for an earlier clone at the same path.
    pub(crate) fn differences_of_another_clone(&self, claims: &[Claim]) -> Differences {
        let Differences(mut lines) = self.differences(claims);
        lines.insert(0, "what was accepted before was for another clone at this path".into());
        Differences(lines)
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

fn day(time: Timestamp) -> impl fmt::Display {
    time.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(cluster: &str, key: &str) -> Claim {
        Claim::Key { cluster: cluster.parse().unwrap(), key: key.parse().unwrap(), not_after: None }
    }

    fn age() -> String {
        age::x25519::Identity::generate().to_public().to_string()
    }

    fn context(cluster: &str, context: &str) -> Claim {
        let connection = Connection { context: Some(context.into()), ..Connection::default() };
        Claim::Connection { cluster: cluster.parse().unwrap(), connection }
    }

    fn rules(rules: &[&str]) -> Claim {
        Claim::Rules(rules.iter().map(|rule| (*rule).to_owned()).collect())
    }

    #[test]
    fn a_claim_is_accepted_for_its_cluster_only() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let mut trusted = Trusted::default();
        assert!(
            !trusted.has(&key("a", &one)) && !trusted.has(&context("a", "x")) && !trusted.has(&rules(&["r"]))
        );
        for claim in [key("a", &one), context("a", "x"), rules(&["r"])] {
            trusted.add(claim);
        }
        assert!(
            trusted.has(&key("a", &one)) && trusted.has(&context("a", "x")) && trusted.has(&rules(&["r"]))
        );
        let others = [
            key("b", &one),
            key("a", &two),
            context("b", "x"),
            context("a", "y"),
            rules(&["r", "s"]),
            rules(&[]),
        ];
        assert_eq!(trusted.missing(others.to_vec()).len(), others.len());
    }

    #[test]
    fn certificates_add_up_and_a_recipient_is_replaced() {
        let (one, two, old, new) = ("1".repeat(64), "2".repeat(64), age(), age());
        let mut trusted = Trusted::default();
        let mut accepted = |claim: &str| {
            trusted.add(key("a", claim));
            trusted.keys(&"a".parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(accepted(&one), [one.as_str()]);
        assert_eq!(accepted(&two), [one.as_str(), &two]);
        assert_eq!(accepted(&one), [two.as_str(), &one]);
        assert_eq!(accepted(&old), [old.as_str()]);
        assert_eq!(accepted(&new), [new.as_str()]);
        assert_eq!(accepted(&one), [one.as_str()]);
    }

    #[test]
    fn a_change_is_shown_beside_what_was_accepted() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let mut trusted = Trusted::default();
        for claim in [key("a", &one), context("a", "x"), rules(&["r"])] {
            trusted.add(claim);
        }
        let changes = [key("a", &two), key("b", &two), context("a", "y"), rules(&["s", "r"])];
        let digest = digest(&["s".to_owned(), "r".to_owned()]);
        assert_eq!(
            trusted.differences(&changes).to_string(),
            format!(
                "\n  a: certificate {two} (accepted before: 111111111111)\n  b: certificate {two}\n  \
                 a: is reached by context y (accepted before: context x)\n  rules {digest}:\n    + s\n      r"
            )
        );
    }
}
