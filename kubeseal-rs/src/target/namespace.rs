//! [`NamespaceRule`]: the namespace of an object: its own; else that of `-n`; else that of the context.

use crate::cluster::Cluster;
use crate::cluster::error::ConnectionError;
use crate::error::Hint;
use crate::settings::flag_value::{NAMESPACE_RULE, is_namespace};
use std::sync::Arc;

/// The namespace for objects without one.
#[derive(Debug)]
pub(crate) struct NamespaceRule {
    flag: Option<String>,
    cluster: Cluster,
}

/// Why an object has no namespace that it can be sealed for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NamespaceError {
    /// Neither object nor flag nor kubeconfig names one.
    #[error("cannot tell which namespace to seal for")]
    Unknown(#[source] Arc<ConnectionError>),
    /// Object and flag contradict each other.
    #[error("the Secret is in namespace \"{input}\", but --namespace says \"{flag}\"")]
    Mismatch { input: String, flag: String },
    /// A value that is sealed for it could never be opened.
    #[error("no namespace can be called \"{0}\"")]
    Impossible(String),
}

impl NamespaceRule {
    /// `flag` is the value of `-n`; without it, the context of `cluster` counts.
    pub(crate) fn new(flag: Option<String>, cluster: Cluster) -> Self {
        Self { flag, cluster }
    }

    pub(crate) fn stated(&self) -> Option<&str> {
        self.flag.as_deref()
    }

    /// The namespace of an object that names `input`.
    pub(crate) fn decide(&self, input: Option<&str>) -> Result<String, NamespaceError> {
        if let Some(flag) = self.flag.as_ref().filter(|flag| !is_namespace(flag)) {
            return Err(NamespaceError::Impossible(flag.clone()));
        }
        match (input, &self.flag) {
            (Some(input), Some(flag)) if input != flag => {
                Err(NamespaceError::Mismatch { input: input.into(), flag: flag.clone() })
            }
            (Some(given), _) => Ok(given.into()),
            (None, Some(flag)) => Ok(flag.clone()),
            (None, None) => self.look_up(),
        }
    }

    fn look_up(&self) -> Result<String, NamespaceError> {
        let resolved = self.cluster.resolved().map_err(NamespaceError::Unknown)?;
        Ok(resolved.namespace().to_owned())
    }
}

impl Hint for NamespaceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown(cause) => match &**cause {
                ConnectionError::NoConfiguration(_) => "say it with --namespace NAMESPACE".into(),
                cause => format!("say it with --namespace NAMESPACE; or {}", cause.hint()),
            },
            Self::Impossible(_) => format!("{NAMESPACE_RULE}; with --scope cluster-wide none is needed"),
            Self::Mismatch { input, .. } => format!(
                "leave out --namespace, or write --namespace {input}; a value that is to open anywhere is sealed \
                 with --scope cluster-wide"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::connection_flags::ConnectionFlags;

    #[test]
    fn the_inputs_own_comes_first_and_contradictions_are_refused() {
        let flags = ConnectionFlags { kubeconfig: Some("/nonexistent".into()), ..ConnectionFlags::default() };
        let nowhere = Cluster::from_args(flags).unwrap();
        let decide = |flag: Option<&str>, input| {
            NamespaceRule::new(flag.map(Into::into), nowhere.clone()).decide(input)
        };
        assert_eq!(decide(None, Some("a")).unwrap(), "a");
        assert_eq!(decide(Some("a"), Some("a")).unwrap(), "a");
        assert_eq!(decide(Some("b"), None).unwrap(), "b");
        assert!(matches!(decide(Some("b"), Some("a")), Err(NamespaceError::Mismatch { .. })));
        assert!(matches!(decide(None, None), Err(NamespaceError::Unknown(_))));
        for input in [None, Some("a")] {
            assert!(matches!(decide(Some("dummyNamespace"), input), Err(NamespaceError::Impossible(_))));
        }
    }
}
