//! [`SlotReport`]: how the slots of an unwrapped key differ from those that are configured. They are reported, and not refused.

use crate::format::document::WrappedKey;
use std::fmt;

/// How a key is kept, beside how it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlotReport {
    /// Whether the list of slots was changed after the key was wrapped.
    pub is_changed: bool,
    /// Configured providers that have no slot.
    pub missing: Vec<String>,
    /// Slots of providers that are not configured.
    pub unknown: Vec<String>,
}

impl SlotReport {
    /// Compares the slots with the configured providers. `is_changed`: what the MAC says.
    #[must_use]
    pub fn new(key: &WrappedKey, is_changed: bool, configured: &[String]) -> Self {
        let slots = || key.slots().iter().map(|slot| slot.uri.as_str());
        let missing = configured.iter().filter(|uri| !slots().any(|slot| slot == *uri)).cloned();
        let unknown = slots().filter(|slot| !configured.iter().any(|uri| uri == slot)).map(shown);
        Self { is_changed, missing: missing.collect(), unknown: unknown.collect() }
    }

    /// Whether the slots are those that are configured.
    #[must_use]
    pub fn is_as_configured(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for SlotReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed =
            self.is_changed.then(|| "the list of its slots was changed after it was wrapped".to_owned());
        let listed =
            |words: &str, uris: &[String]| (!uris.is_empty()).then(|| format!("{words} {}", uris.join(", ")));
        let parts = [
            changed,
            listed("it is not wrapped with the configured", &self.missing),
            listed("it is wrapped with what is not configured:", &self.unknown),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }
}

/// A slot's `uri` for a message: any text may stand there.
pub(crate) fn shown(uri: &str) -> String {
    let clean: String = uri.chars().take(200).map(|c| if c.is_control() { '?' } else { c }).collect();
    if uri.chars().count() > 200 { clean + "…" } else { clean }
}
