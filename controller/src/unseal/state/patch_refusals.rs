//! [`PatchRefusals`]: in which namespaces the status may be replaced and not patched, as upstream's RBAC has it.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a refusal counts: this much later at most, a right that was granted is used.
const REMEMBERED: Duration = Duration::from_mins(10);

/// By namespace, because a role may be bound in one.
#[derive(Debug, Default)]
pub(crate) struct PatchRefusals(Mutex<HashMap<String, Instant>>);

impl PatchRefusals {
    pub(crate) fn are_known(&self, namespace: &str, now: Instant) -> bool {
        let refused = self.0.lock().get(namespace).copied();
        refused.is_some_and(|refused| now.saturating_duration_since(refused) < REMEMBERED)
    }

    pub(crate) fn remember(&self, namespace: &str, now: Instant) {
        self.0.lock().insert(namespace.to_owned(), now);
    }

    pub(crate) fn forget(&self, namespace: &str) {
        self.0.lock().remove(namespace);
    }
}
