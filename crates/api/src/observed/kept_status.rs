//! [`KeptStatus`]: a status in memory.

use crate::status::SealedSecretStatus;

/// A status as JSON. One of each SealedSecret is kept for as long as it exists; decoded, it takes twice as much memory, most of it for
/// a few texts that are the same in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStatus(Box<str>);

impl KeptStatus {
    /// The status as the API server stores it: with times in seconds.
    #[must_use]
    pub fn of(status: &SealedSecretStatus) -> Self {
        Self(serde_json::to_string(status).unwrap_or_default().into())
    }

    /// The status.
    #[must_use]
    pub fn decoded(&self) -> SealedSecretStatus {
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
