//! [`providers`] and the text of a [`KeyForm`]: how a key is kept, for people.

use crate::key_store::key_form::KeyForm;
use crate::terminal::escape::shown;
use key_wrapping::{ProviderUri, Slot, WrappedKey};
use std::fmt;

/// Characters of a slot's `uri` that are shown: any text may stand there.
const LONGEST: usize = 200;

/// The kind of provider that a slot names.
pub(crate) fn kind(slot: &Slot) -> &'static str {
    match slot.uri.parse() {
        Ok(ProviderUri::KmsV2 { .. }) => "kmsv2",
        Ok(ProviderUri::OpenBaoTransit { .. }) => "openbao",
        Ok(ProviderUri::AwsKms { .. }) => "awskms",
        Ok(ProviderUri::GcpKms { .. }) => "gcpkms",
        Ok(ProviderUri::Age { .. }) => "age",
        Err(_) => "unknown",
    }
}

/// The kinds of providers that a key is wrapped with, each once.
pub(crate) fn providers(key: &WrappedKey) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for kind in key.slots().iter().map(kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.join(", ")
}

/// A slot's `uri`, for a message.
pub(crate) fn shown_uri(uri: &str) -> String {
    let start: String = uri.chars().take(LONGEST).collect();
    shown(&if start.len() < uri.len() { start + "…" } else { start })
}

/// The age recipients of a key's slots, for a message.
pub(crate) fn recipients(key: &WrappedKey) -> Vec<String> {
    let slots = key.slots().iter().filter(|slot| kind(slot) == "age");
    slots.map(|slot| shown_uri(&slot.uri)).collect()
}

impl KeyForm {
    /// Under which condition a controller opens it, if there is one.
    pub(crate) fn condition(&self) -> Option<String> {
        let cluster = self.wrapped()?.document.cluster_name();
        Some(format!("a controller opens it only with --cluster-name={cluster}"))
    }
}

/// As a table shows it: `plain`, or `wrapped: kmsv2, age`.
impl fmt::Display for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("plain"),
            Self::Wrapped(key) => write!(f, "wrapped: {}", providers(&key.document)),
        }
    }
}
