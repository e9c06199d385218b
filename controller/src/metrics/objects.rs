//! What is told of each object and namespace: conditions and failures. It goes with them, and with the term of the leader, who
//! alone sees them go: upstream's counts errors for ever in namespaces that are gone.

use crate::metrics::Metrics;
use crate::metrics::shown::Shown;
use api::{Condition, ConditionStatus, SealedSecretStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use parking_lot::MutexGuard;
use prometheus_client::encoding::EncodeLabelSet;

/// The label by which upstream joins conditions with releases.
pub(crate) const INSTANCE: &str = api::INSTANCE_LABEL;

/// Where a failure may be.
const REASONS: [&str; 5] = ["fetch", "status", "unmanaged", "unseal", "update"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ErrorLabels {
    reason: &'static str,
    namespace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ConditionLabels {
    namespace: String,
    name: String,
    condition: String,
    ss_app_kubernetes_io_instance: String,
}

impl Metrics {
    /// Counts a failure of an object; the reason is one of upstream's, `REASONS`.
    pub fn count_error(&self, observed: &WatchedSealedSecret, reason: &'static str) {
        let (uid, namespace) = identity(observed);
        self.shown().note(uid, &namespace);
        self.errors.get_or_create(&ErrorLabels { reason, namespace }).inc();
    }

    /// Shows the conditions `Synced` and `Compromised` of an object.
    pub fn observe_condition(&self, observed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        let mut now = Vec::new();
        let told: &[&str] =
            if self.names_objects { &[Condition::SYNCED, Condition::COMPROMISED] } else { &[] };
        for condition in told.iter().filter_map(|it| status.condition(it)) {
            let value = match condition.status {
                ConditionStatus::True => 1,
                ConditionStatus::Unknown => 0,
                ConditionStatus::False => -1,
            };
            let labels = condition_labels(observed, &condition.type_);
            self.conditions.get_or_create(&labels).set(value);
            now.push(labels);
        }
        let (uid, namespace) = identity(observed);
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

    /// Stops showing all of them, and all failures: another replica does from now on, and sees which objects go.
    pub fn forget_objects(&self) {
        let mut shown = self.shown();
        *shown = Shown::default();
        self.conditions.clear();
        self.errors.clear();
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock()
    }
}

/// UID and namespace.
fn identity(observed: &WatchedSealedSecret) -> (String, String) {
    (observed.uid().unwrap_or_default(), observed.namespace().unwrap_or_default())
}

fn condition_labels(observed: &WatchedSealedSecret, condition: &str) -> ConditionLabels {
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

    fn object(namespace: &str, uid: &str) -> WatchedSealedSecret {
        let metadata = json!({ "namespace": namespace, "name": uid, "uid": uid });
        serde_json::from_value(json!({ "metadata": metadata })).unwrap()
    }

    fn failed() -> SealedSecretStatus {
        serde_json::from_value(json!({ "conditions": [{ "type": "Synced", "status": "False" }] })).unwrap()
    }

    fn shows_failures(metrics: &Metrics, namespace: &str) -> bool {
        let line = format!("unseal_errors_total{{reason=\"unseal\",namespace=\"{namespace}\"}}");
        metrics.text().unwrap().contains(&line)
    }

    #[test]
    fn failures_are_shown_while_their_namespace_has_objects() {
        let metrics = Metrics::default();
        for (namespace, uid) in [("one", "a"), ("one", "a"), ("one", "b"), ("other", "c")] {
            metrics.count_error(&object(namespace, uid), "unseal");
            metrics.observe_condition(&object(namespace, uid), &failed());
        }
        let shown = |namespace| shows_failures(&metrics, namespace);
        metrics.forget_object("a");
        metrics.forget_object("a");
        assert!(shown("one") && shown("other"), "one is left");
        metrics.forget_object("b");
        assert!(!shown("one") && shown("other"), "none is left");
    }

    #[test]
    fn failures_of_an_object_whose_status_could_not_be_written_go_with_it() {
        let metrics = Metrics::default();
        metrics.count_error(&object("one", "a"), "unseal");
        assert!(shows_failures(&metrics, "one"));
        metrics.forget_object("a");
        assert!(!shows_failures(&metrics, "one"));
    }

    #[test]
    fn a_replica_that_leads_no_more_shows_no_failures_of_namespaces_that_may_go() {
        let metrics = Metrics::default();
        metrics.count_error(&object("one", "a"), "unseal");
        metrics.observe_condition(&object("one", "a"), &failed());
        metrics.forget_objects();
        assert!(!shows_failures(&metrics, "one"), "another leads");
        metrics.count_error(&object("other", "c"), "unseal");
        assert!(!shows_failures(&metrics, "one") && shows_failures(&metrics, "other"), "it leads again");
        metrics.forget_object("c");
        assert!(!shows_failures(&metrics, "other"), "and counts from the start");
    }

    #[test]
    fn objects_are_not_named_where_that_was_asked_for_and_failures_still_go() {
        let metrics = Metrics::default().naming_objects(false);
        let text = || metrics.text().unwrap();
        metrics.count_error(&object("one", "a"), "unseal");
        metrics.observe_condition(&object("one", "a"), &failed());
        assert!(!text().contains("condition_info"), "{}", text());
        assert!(shows_failures(&metrics, "one") && text().contains("unseal_requests_total"));
        metrics.forget_object("a");
        assert!(!shows_failures(&metrics, "one"));
    }
}
