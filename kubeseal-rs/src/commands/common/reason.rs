//! [`Reason`]: why a SealedSecret does not open, if that is known; and what to do about it.

use crate::manifest::sealed_secrets::{NAMESPACE_HINT, SealedObject, lacks_namespace};
use crate::manifest::sealed_value::{NotSealed, measured};
use crate::terminal::escape::shown;
use crate::terminal::program::name;
use envelope::Fingerprint;
use sealing::{Diagnosis, NotedKey};

/// Why a SealedSecret does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Reason {
    /// It is bound to a namespace, and has none.
    #[error("it names no namespace, and does not open without")]
    NoNamespace,
    /// No key opens these items, whatever it was sealed with.
    #[error("it does not open: {}", .0.iter().map(|(item, why)| format!("item {item} {why}")).collect::<Vec<_>>().join(", "))]
    Damaged(Vec<(String, NotSealed)>),
    /// What the keys that it names show.
    #[error("it does not open: {0}")]
    Diagnosed(Diagnosis),
}

impl Reason {
    /// Why a controller does not open it, by what is known of the keys. None if there may be any reason.
    pub(crate) fn of(object: &SealedObject, known: impl Fn(Fingerprint) -> NotedKey) -> Option<Self> {
        let diagnosis = Diagnosis::of_object(
            &object.metadata,
            object.spec.encrypted_data.keys().map(String::as_str),
            known,
        );
        let damaged: Vec<_> = damaged(object).collect();
        match diagnosis {
            Diagnosis::Revoked => Some(Self::Diagnosed(diagnosis)),
            _ if !damaged.is_empty() => Some(Self::Damaged(damaged)),
            _ if lacks_namespace(&object.metadata) => Some(Self::NoNamespace),
            Diagnosis::Unclear(_) => None,
            _ => Some(Self::Diagnosed(diagnosis)),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        let program = name();
        match self {
            Self::NoNamespace => NAMESPACE_HINT.into(),
            Self::Damaged(_) => format!(
                "take the sealed values whole from Git or from where they were sealed, or seal new ones: `{program} edit FILE`"
            ),
            Self::Diagnosed(Diagnosis::Revoked) => {
                "it was sealed with a key that leaked and was revoked: change its values where they come from, and seal the \
                 new ones"
                    .into()
            }
            Self::Diagnosed(Diagnosis::Retired { .. }) => format!(
                "bring the key back, reseal what needs it, and retire it again; `{program} keys list` shows the keys and their Secrets"
            ),
            Self::Diagnosed(Diagnosis::AbsentKey(_)) => format!(
                "choose the cluster that it was sealed for with --context NAME, or restore the key: `{program} keys restore FILE`; \
                 else seal the Secret again"
            ),
            Self::Diagnosed(_) => "write the name, the namespace and the scope into it that it was sealed for; else seal the Secret again"
                .into(),
        }
    }
}

/// The items that cannot be sealed values, escaped, and why.
fn damaged(object: &SealedObject) -> impl Iterator<Item = (String, NotSealed)> {
    let items = object.spec.encrypted_data.iter();
    items.filter_map(|(name, sealed)| Some((shown(name), measured(sealed).err()?)))
}
