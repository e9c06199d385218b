//! [`Scope`]: what a sealed value is bound to: its namespace and name, its namespace, or nothing. A scope is an annotation for users and
//! a label for the envelope; a new one is a variant here, and every `match` on it.

use crate::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What a sealed value is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// Opens only under its namespace and name. The default.
    #[default]
    Strict,
    /// Opens under any name in its namespace.
    NamespaceWide,
    /// Opens anywhere in the cluster.
    ClusterWide,
}

/// A text that is not the name of a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a scope is one of strict, namespace-wide and cluster-wide")]
pub struct UnknownScope;

impl Scope {
    /// Every scope, from the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Strict, Self::NamespaceWide, Self::ClusterWide];

    /// Whether values of this scope open in more places than those of `other`.
    #[must_use]
    pub fn is_wider_than(self, other: Self) -> bool {
        let width = |scope| Self::ALL.into_iter().position(|known| known == scope);
        width(self) > width(other)
    }

    /// The scope that an object's own annotations state.
    pub fn of(annotations: Option<&BTreeMap<String, String>>) -> Self {
        let says_true = |name| annotations.and_then(|all| all.get(name)).is_some_and(|value| value == "true");
        if says_true(CLUSTER_WIDE) {
            Self::ClusterWide
        } else if says_true(NAMESPACE_WIDE) {
            Self::NamespaceWide
        } else {
            Self::Strict
        }
    }

    /// Makes annotations state this scope and no other.
    pub fn annotate(self, annotations: &mut BTreeMap<String, String>) {
        annotations.remove(CLUSTER_WIDE);
        annotations.remove(NAMESPACE_WIDE);
        match self {
            Self::Strict => None,
            Self::NamespaceWide => annotations.insert(NAMESPACE_WIDE.into(), "true".into()),
            Self::ClusterWide => annotations.insert(CLUSTER_WIDE.into(), "true".into()),
        };
    }

    /// The label that values are sealed under: what binds them.
    pub fn label(self, namespace: &str, name: &str) -> Vec<u8> {
        match self {
            Self::Strict => format!("{namespace}/{name}").into_bytes(),
            Self::NamespaceWide => namespace.into(),
            Self::ClusterWide => Vec::new(),
        }
    }

    /// The name used in flags and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::NamespaceWide => "namespace-wide",
            Self::ClusterWide => "cluster-wide",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotated(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn cluster_wide_wins_and_only_true_counts() {
        let cases: [(&[(&str, &str)], Scope); 5] = [
            (&[], Scope::Strict),
            (&[(NAMESPACE_WIDE, "true")], Scope::NamespaceWide),
            (&[(CLUSTER_WIDE, "true"), (NAMESPACE_WIDE, "true")], Scope::ClusterWide),
            (&[(CLUSTER_WIDE, "yes")], Scope::Strict),
            (&[(CLUSTER_WIDE, "false"), (NAMESPACE_WIDE, "true")], Scope::NamespaceWide),
        ];
        for (pairs, scope) in cases {
            assert_eq!(Scope::of(Some(&annotated(pairs))), scope, "{pairs:?}");
        }
        assert_eq!(Scope::of(None), Scope::Strict);
    }

    #[test]
    fn what_is_annotated_is_what_is_read() {
        for scope in Scope::ALL {
            let mut annotations = annotated(&[(CLUSTER_WIDE, "true"), (NAMESPACE_WIDE, "true")]);
            scope.annotate(&mut annotations);
            assert_eq!(Scope::of(Some(&annotations)), scope);
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
    }

    #[test]
    fn labels() {
        assert_eq!(Scope::Strict.label("ns", "name"), b"ns/name");
        assert_eq!(Scope::NamespaceWide.label("ns", "name"), b"ns");
        assert_eq!(Scope::ClusterWide.label("ns", "name"), b"");
    }
}
