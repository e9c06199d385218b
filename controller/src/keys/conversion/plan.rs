//! [`plan`]: which keys are to be stored in another form. Pure.

use crate::config::key_wrapping::KeyWrapping;
use crate::events::about::About;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::ring_state::RingState;
use crate::keys::store::wrapped_secret::Unwrapping;
use sealing::SealingKey;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the flags say about the form of keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forms {
    /// Keys are wrapped where a user requests it.
    pub wraps: bool,
    /// Every wrapped key is stored in plain.
    pub unwrap_all: bool,
    /// Every key in plain has an escrow copy.
    pub keeps_escrow_copies: bool,
}

/// One step.
#[derive(Debug)]
pub(crate) enum Conversion {
    /// Stores this key wrapped, beside the Secret.
    Wrap(About, Arc<SealingKey>),
    /// Stores it in plain, beside the Secret.
    Unwrap(About, Arc<SealingKey>),
    /// Stores a copy for the age recipients.
    Escrow(About, Arc<SealingKey>),
    /// Deletes the Secret, because the key is there in the form that is wanted: in the Secret `new`.
    Delete { old: About, new: About },
}

impl Forms {
    pub(crate) fn of(wrapping: &KeyWrapping) -> Self {
        Self {
            wraps: wrapping.wraps(),
            unwrap_all: wrapping.unwrap_all,
            keeps_escrow_copies: wrapping.keeps_escrow_copies(),
        }
    }
}

/// The steps that the Secrets of this moment need. A key that is not in use is left as it is. One that stands in several Secrets is stored once.
pub(crate) fn plan(state: &RingState, forms: Forms) -> Vec<Conversion> {
    let in_use = |key: &SealingKey| state.ring.iter().any(|it| it.fingerprint() == key.fingerprint());
    let held = state.secrets().filter_map(|secret| {
        let (key, is_wrapped) = held(state, secret)?;
        (in_use(key) && !secret.is_terminating).then_some((secret, key, is_wrapped))
    });
    let mut stored = BTreeSet::new();
    held.filter_map(|(secret, key, is_wrapped)| step(state, forms, secret, key, is_wrapped))
        .filter(|step| match step {
            Conversion::Wrap(_, key) | Conversion::Unwrap(_, key) | Conversion::Escrow(_, key) => {
                stored.insert(key.fingerprint())
            }
            Conversion::Delete { .. } => true,
        })
        .collect()
}

fn step(
    state: &RingState,
    forms: Forms,
    secret: &KeySecret,
    key: &Arc<SealingKey>,
    is_wrapped: bool,
) -> Option<Conversion> {
    let about = secret.about.clone();
    let stays = |other: &&KeySecret| !other.wants_conversion && !other.is_terminating;
    let others = || state.secrets().filter(|other| other.about.name != about.name).filter(stays);
    let wrapped_anew = || others().find(|other| is_made_of(state, other, (secret, key)));
    let in_plain = || others().find(|other| is_key(state, other, key, false));
    let key_of = Arc::clone(key);
    let (instead, step) = if forms.wraps && secret.wants_conversion {
        (wrapped_anew(), Conversion::Wrap(about.clone(), key_of))
    } else if forms.unwrap_all && is_wrapped {
        (in_plain(), Conversion::Unwrap(about.clone(), key_of))
    } else if forms.keeps_escrow_copies && !is_wrapped && state.without_copy.contains(&key.fingerprint()) {
        (None, Conversion::Escrow(about.clone(), key_of))
    } else {
        return None;
    };
    Some(match instead {
        Some(new) => Conversion::Delete { new: new.about.clone(), old: about },
        None => step,
    })
}

fn is_key(state: &RingState, secret: &KeySecret, key: &SealingKey, wrapped: bool) -> bool {
    held(state, secret)
        .is_some_and(|(it, is_wrapped)| is_wrapped == wrapped && it.fingerprint() == key.fingerprint())
}

/// Whether the Secret holds the key as wrapped now, and was made for that of the other one. Any other copy replaces nothing: the key would be lost
/// with a provider that it was wrapped with before, or with an older key of one.
fn is_made_of(
    state: &RingState,
    secret: &KeySecret,
    (replaced, key): (&KeySecret, &Arc<SealingKey>),
) -> bool {
    let KeyContent::Wrapped { wrapped, .. } = &secret.content else { return false };
    let is_as_configured = matches!(state.unwrapped(wrapped.id), Some(Unwrapping::Unwrapped { slots, .. }) if slots.is_as_configured());
    is_as_configured
        && is_key(state, secret, key, true)
        && state.stale_slots(&wrapped.key).is_empty()
        && wrapped.is_made_to_replace(&replaced.about, key)
}

/// The key of a Secret, and whether it is wrapped.
fn held<'a>(state: &'a RingState, secret: &'a KeySecret) -> Option<(&'a Arc<SealingKey>, bool)> {
    match &secret.content {
        KeyContent::Key { key, .. } => Some((key, false)),
        KeyContent::Wrapped { wrapped, .. } => match state.unwrapped(wrapped.id)? {
            Unwrapping::Unwrapped { key, .. } => Some((key, true)),
            Unwrapping::Waiting { .. } | Unwrapping::Failed(_) => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
