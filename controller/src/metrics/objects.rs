//! What is told of each object and namespace: conditions and failures. It goes with them: upstream's counts errors for ever in
//! namespaces that are gone.

use super::Metrics;
use super::shown::Shown;
use api::{Condition, ConditionStatus, ObservedSealedSecret, SealedSecretStatus};
use kube::ResourceExt as _;
use prometheus_client::encoding::EncodeLabelSet;
use std::sync::{MutexGuard, PoisonError};

/// The label by which upstream joins conditions with releases.
pub(super) const INSTANCE: &str = api::INSTANCE_LABEL;

/// Where a failure may be.
const REASONS: [&str; 5] = ["fetch", "status", "unmanaged", "unseal", "update"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ErrorLabels {
    reason: &'static str,
    namespace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ConditionLabels {
    namespace: String,
    name: String,
    condition: String,
    ss_app_kubernetes_io_instance: String,
}

impl Metrics {
    /// Counts a failure; the reason is one of upstream's, `REASONS`.
    pub fn count_error(&self, reason: &'static str, namespace: &str) {
        self.errors.get_or_create(&ErrorLabels { reason, namespace: namespace.into() }).inc();
    }

    /// Shows the conditions `Synced` and `Compromised` of an object.
    pub fn observe_condition(&self, observed: &ObservedSealedSecret, status: &SealedSecretStatus) {
        let mut now = Vec::new();
        for condition in
            [Condition::SYNCED, Condition::COMPROMISED].iter().filter_map(|it| status.condition(it))
        {
            let value = match condition.status {
                ConditionStatus::True => 1,
                ConditionStatus::Unknown => 0,
                ConditionStatus::False => -1,
            };
            let labels = condition_labels(observed, &condition.type_);
            self.conditions.get_or_create(&labels).set(value);
            now.push(labels);
        }
        let (uid, namespace) = (observed.uid().unwrap_or_default(), observed.namespace().unwrap_or_default());
        let before = self.shown().show(uid, &namespace, now.clone());
        for gone in before.into_iter().filter(|before| !now.contains(before)) {
            self.conditions.remove(&gone);
        }
    }

    /// Stops showing an object that is gone, and the failures in its namespace if it was the last one in there.
    pub fn forget_object(&self, uid: &str) {
        let (labels, emptied) = self.shown().forget(uid);
        for labels in labels {
            self.conditions.remove(&labels);
        }
        if let Some(namespace) = emptied {
            for reason in REASONS {
                self.errors.remove(&ErrorLabels { reason, namespace: namespace.clone() });
            }
        }
    }

    /// Stops showing all of them: another replica does from now on.
    pub fn forget_conditions(&self) {
        for labels in self.shown().forget_all() {
            self.conditions.remove(&labels);
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn condition_labels(observed: &ObservedSealedSecret, condition: &str) -> ConditionLabels {
    ConditionLabels {
        namespace: observed.namespace().unwrap_or_default(),
        name: observed.name_any(),
        condition: condition.into(),
        ss_app_kubernetes_io_instance: observed.labels().get(INSTANCE).cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn failures_are_shown_while_their_namespace_has_objects() {
        let metrics = Metrics::default();
        let status =
            serde_json::from_value(json!({ "conditions": [{ "type": "Synced", "status": "False" }] }));
        let status: SealedSecretStatus = status.unwrap();
        for (namespace, uid) in [("one", "a"), ("one", "a"), ("one", "b"), ("other", "c")] {
            let metadata = json!({ "namespace": namespace, "name": uid, "uid": uid });
            let observed = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
            metrics.count_error("unseal", namespace);
            metrics.observe_condition(&observed, &status);
        }
        let shown = |namespace| {
            let line = format!("unseal_errors_total{{reason=\"unseal\",namespace=\"{namespace}\"}}");
            metrics.text().unwrap().contains(&line)
        };
        metrics.forget_object("a");
        metrics.forget_object("a");
        assert!(shown("one") && shown("other"), "one is left");
        metrics.forget_object("b");
        assert!(!shown("one") && shown("other"), "none is left");
        metrics.forget_conditions();
        assert!(shown("other"), "another leads, and these were counted here");
    }
}
