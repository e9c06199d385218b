//! [`KeptJson`]: a part of an object in memory.

use crate::status::SealedSecretStatus;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A part of each SealedSecret, kept as JSON for as long as the SealedSecret exists. Decoded, it takes two to five times as much memory: a map
/// with one entry has room for eleven, and each short text of a status is an allocation of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptJson<T>(Box<str>, PhantomData<T>);

/// A status as the API server stores it: with times in seconds.
pub type KeptStatus = KeptJson<SealedSecretStatus>;

impl<T: Serialize + DeserializeOwned + Default> KeptJson<T> {
    /// The JSON of this part.
    #[must_use]
    pub fn of(part: &T) -> Self {
        Self(serde_json::to_string(part).unwrap_or_default().into(), PhantomData)
    }

    /// The part.
    #[must_use]
    pub fn decoded(&self) -> T {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_comes_back_as_it_is_stored() {
        let status = |time: &str| -> SealedSecretStatus {
            let condition =
                json!({ "type": "Synced", "status": "True", "reason": "Unsealed", "lastUpdateTime": time });
            let target = json!({ "resourceVersion": "7", "scope": "strict", "generation": 2 });
            serde_json::from_value(json!({
                "observedGeneration": 2, "conditions": [condition], "target": target, "openedBy": ["a", "b"],
                "unsealed": { "at": time, "keys": "a,b" }, "compromisedBy": ["b"],
            }))
            .unwrap()
        };
        let stored = status("2024-01-02T03:04:05Z");
        assert_eq!(KeptStatus::of(&stored).decoded(), stored);
        assert_eq!(KeptStatus::of(&status("2024-01-02T03:04:05.6Z")), KeptStatus::of(&stored));
        assert_eq!(KeptStatus::of(&SealedSecretStatus::default()).decoded(), SealedSecretStatus::default());
    }
}
