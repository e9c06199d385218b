//! [`Diagnosis`]: why no key opens an item. By the keys that its SealedSecret says it was sealed with, by what is known of them, and by the
//! scopes that were tried. The controller and `kubeseal-rs` both ask here, so that they give the same answer.
//!
//! The annotations prove nothing, because any user may write them: a diagnosis explains a failure, and decides nothing.

use crate::item_error::noted_key::{KeyWait, NotedKey, NotedKeys, SecretName};
use crate::item_error::scope_change::ScopeChange;
use api::Scope;
use api::sealing_key::{ACTIVE, LABEL, label_command};
use envelope::Fingerprint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Why no key opens an item, in words that continue "no key could decrypt secret".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Diagnosis {
    /// A key opens it, but under another scope than the annotations state.
    #[error("sealed with scope {sealed}, which the SealedSecret's annotations do not state: {change}")]
    OtherScope {
        /// The scope that it opens with.
        sealed: Scope,
        /// How to make the annotations state it.
        change: ScopeChange,
    },
    /// As [`Diagnosis::OtherScope`], while other items open with the scope of the annotations.
    #[error(
        "sealed with scope {sealed}, which the SealedSecret's annotations do not state; other items open with scope {stated}: seal this \
         one again"
    )]
    ScopeOfItsOwn {
        /// The scope that it opens with.
        sealed: Scope,
        /// The scope of the annotations.
        stated: Scope,
    },
    /// The key that it was sealed with leaked and was revoked.
    #[error(
        "sealed with a key that leaked and was revoked; change the value where it comes from, and seal the new one"
    )]
    Revoked,
    /// The key that it was sealed with is here in wrapped form, and not unwrapped yet.
    #[error("sealed with key {}, which is {wait}", .key.short())]
    Waiting {
        /// The key.
        key: Fingerprint,
        /// What keeps it from being unwrapped.
        wait: KeyWait,
    },
    /// Nothing is known of the key that it was sealed with, and one that is here was not unwrapped yet.
    #[error("it may need a sealing key that is {0}")]
    PerhapsWaiting(KeyWait),
    /// The key that it was sealed with is here in wrapped form, and nothing opens it as it is.
    #[error("sealed with key {}, which is here, wrapped, and not opened by any key management service: events on its Secret say why", .0.short())]
    Closed(Fingerprint),
    /// The key that it was sealed with is here, and its label takes it out of use. The annotations may be made
    /// up to have a key back that was retired for a reason, so that the words ask to look first.
    #[error(
        "sealed with key {}, which is retired and opens nothing; if that is so, which `kubeseal-rs keys list` helps to check, {} brings it \
         back", .key.short(), bringing_back(.secret.as_ref())
    )]
    Retired {
        /// The key.
        key: Fingerprint,
        /// The key's Secret, if the reader may list key Secrets and it is known which.
        secret: Option<SecretName>,
    },
    /// The key that it was sealed with is here, and every scope was tried.
    #[error(
        "sealed with key {}, which is here and active, so it must have been sealed for another name or namespace than {place}", .key.short()
    )]
    OtherPlace {
        /// The key.
        key: Fingerprint,
        /// Namespace and name of the SealedSecret.
        place: String,
    },
    /// As [`Diagnosis::OtherPlace`], while other items open: the annotation may speak of those.
    #[error(
        "sealed apart from the other items, which open: for another name or namespace than {place}, or for another cluster; seal it again"
    )]
    ItemOfAnotherPlace {
        /// Namespace and name of the SealedSecret.
        place: String,
    },
    /// The key that it was sealed with is here, and which scopes were tried is not known.
    #[error(
        "sealed with key {}, which is here and active, so it must have been sealed for another name, namespace or scope than {place} \
         ({scope})", .key.short()
    )]
    OtherPlaceOrScope {
        /// The key.
        key: Fingerprint,
        /// Namespace and name of the SealedSecret.
        place: String,
        /// The scope of its annotations.
        scope: Scope,
    },
    /// The key that it was sealed with is not here.
    #[error("sealed with key {}, which is not here: sealed for another cluster, or its key is gone", .0.short())]
    AbsentKey(Fingerprint),
    /// Nothing is known of the key that it was sealed with.
    #[error(
        "sealed for another cluster, or for another name or namespace, or its key is gone{}", in_brackets(.0.as_ref())
    )]
    Unclear(Option<Fingerprint>),
}

impl Diagnosis {
    /// Why something does not open that was tried with every scope. `noted` are the keys that it may have been sealed with, and `place` is the
    /// namespace and name of its SealedSecret.
    #[must_use]
    pub fn of_keys(noted: &NotedKeys, place: (&str, &str), known: impl Fn(Fingerprint) -> NotedKey) -> Self {
        let with_states = |keys: &[Fingerprint]| -> Vec<(Fingerprint, NotedKey)> {
            keys.iter().map(|key| (*key, known(*key))).collect()
        };
        let (items, entries) = (with_states(&noted.of_items), with_states(&noted.of_entries));
        let is_active = |(_, state): &&(Fingerprint, NotedKey)| *state == NotedKey::Active;
        if items.iter().any(|(_, state)| *state == NotedKey::Revoked) {
            return Self::Revoked;
        }
        // Before those that are active: of several keys, only one need open it.
        for (key, state) in items.iter().chain(&entries) {
            if let NotedKey::Waiting(wait) = state {
                return Self::Waiting { key: *key, wait: *wait };
            }
        }
        // Of items that were sealed with several keys, those whose key is not here are the ones that do not open.
        let active = items.first().filter(|_| items.iter().all(|item| is_active(&item)));
        if let Some((key, _)) = active.or_else(|| entries.iter().find(is_active)) {
            return Self::OtherPlace { key: *key, place: shown(place) };
        }
        if let Some((key, _)) = items.iter().chain(&entries).find(|(_, state)| *state == NotedKey::Closed) {
            return Self::Closed(*key);
        }
        for (key, state) in items.iter().chain(&entries) {
            if let NotedKey::Retired(secret) = state {
                return Self::Retired { key: *key, secret: secret.clone() };
            }
        }
        let absent = items.iter().find(|(_, state)| *state == NotedKey::Absent);
        match absent.or_else(|| items.iter().chain(&entries).find(|key| !is_active(key))) {
            Some((key, NotedKey::Absent)) => Self::AbsentKey(*key),
            noted => Self::Unclear(noted.map(|(key, _)| *key)),
        }
    }

    /// Why an object with items of these names does not open, by the answer of a program that does not say more.
    #[must_use]
    pub fn of_object<'n>(
        metadata: &ObjectMeta,
        items: impl IntoIterator<Item = &'n str>,
        known: impl Fn(Fingerprint) -> NotedKey,
    ) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (namespace, name) = (text(&metadata.namespace), text(&metadata.name));
        match Self::of_keys(&NotedKeys::of(metadata.annotations.as_ref(), items), (&namespace, &name), known)
        {
            Self::OtherPlace { key, place } => {
                Self::OtherPlaceOrScope { key, place, scope: Scope::of(metadata.annotations.as_ref()) }
            }
            other => other,
        }
    }

    /// This diagnosis of an item, where other items of the object open with the scope that its annotations state.
    pub(crate) fn beside_items_that_open(self, stated: Scope) -> Self {
        match self {
            Self::OtherScope { sealed, .. } => Self::ScopeOfItsOwn { sealed, stated },
            Self::OtherPlace { place, .. } => Self::ItemOfAnotherPlace { place },
            other => other,
        }
    }

    /// Whether the item opens perhaps when a key that waits is unwrapped.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self, Self::Waiting { .. } | Self::PerhapsWaiting(_))
    }

    /// Whether the item opens perhaps when a key is added.
    #[must_use]
    pub fn wants_key(&self) -> bool {
        match self {
            Self::OtherScope { .. } | Self::ScopeOfItsOwn { .. } | Self::Revoked => false,
            Self::Waiting { .. }
            | Self::PerhapsWaiting(_)
            | Self::Closed(_)
            | Self::Retired { .. }
            | Self::OtherPlace { .. }
            | Self::ItemOfAnotherPlace { .. }
            | Self::OtherPlaceOrScope { .. }
            | Self::AbsentKey(_)
            | Self::Unclear(_) => true,
        }
    }
}

/// The place of an object, as a message shows it.
fn shown((namespace, name): (&str, &str)) -> String {
    if namespace.is_empty() { format!("{name} without a namespace") } else { format!("{namespace}/{name}") }
}

/// What makes a retired key open again.
fn bringing_back(secret: Option<&SecretName>) -> String {
    match secret {
        Some(SecretName { namespace, name }) => {
            format!("`{}`", label_command(namespace, std::slice::from_ref(name), ACTIVE))
        }
        None => format!("the label {LABEL}={ACTIVE} on its Secret"),
    }
}

fn in_brackets(key: Option<&Fingerprint>) -> String {
    key.map(|key| format!(" (key {})", key.short())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
