//! [`ObjectMetrics`]: conditions and failures of each SealedSecret.
//!
//! A series is removed when its object, or the last object of its namespace, is deleted, and when this replica stops leading: only the
//! leader sees deletions. Upstream's controller shows failures for ever, also in namespaces that were deleted.

use api::{Condition, ConditionStatus, SealedSecretStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use parking_lot::Mutex;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::HashMap;

/// The label by which upstream joins conditions with releases.
pub(crate) const INSTANCE: &str = api::INSTANCE_LABEL;

/// The reasons of failures.
const REASONS: [&str; 5] = ["fetch", "status", "unmanaged", "unseal", "update"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    reason: &'static str,
    namespace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConditionLabels {
    namespace: String,
    name: String,
    condition: String,
    ss_app_kubernetes_io_instance: String,
}

/// The metrics of all SealedSecrets.
#[derive(Debug)]
pub(crate) struct ObjectMetrics {
    errors: Family<ErrorLabels, Counter>,
    conditions: Family<ConditionLabels, Gauge>,
    /// Whether there is a series for each object.
    names_objects: bool,
    shown: Mutex<Shown>,
}

/// The objects that have series.
#[derive(Debug, Default)]
struct Shown {
    /// By UID, because an object's labels may have changed since.
    objects: HashMap<String, Object>,
    /// The number of objects in each namespace.
    counts: HashMap<String, usize>,
}

#[derive(Debug)]
struct Object {
    namespace: String,
    labels: Vec<ConditionLabels>,
}

impl ObjectMetrics {
    /// With a series for each object.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let (errors, conditions) = (Family::default(), Family::default());
        registry.register("unseal_errors", "SealedSecrets that could not be unsealed", errors.clone());
        registry.register(
            "condition_info",
            "State of each SealedSecret: 1 true, 0 unknown, -1 false",
            conditions.clone(),
        );
        Self { errors, conditions, names_objects: true, shown: Mutex::default() }
    }

    /// With or without a series for each object (`condition_info`), from which each client of the port can list all SealedSecrets.
    pub(crate) fn name_objects(&mut self, names_objects: bool) {
        self.names_objects = names_objects;
    }

    /// Counts a failure of an object; the reason is one of upstream's, `REASONS`.
    pub(crate) fn count_error(&self, sealed: &WatchedSealedSecret, reason: &'static str) {
        let (uid, namespace) = identity(sealed);
        self.shown.lock().object(uid, &namespace);
        self.errors.get_or_create(&ErrorLabels { reason, namespace }).inc();
    }

    /// Shows the conditions `Synced` and `Compromised` of an object.
    pub(crate) fn observe_conditions(&self, sealed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        let types: &[&str] =
            if self.names_objects { &[Condition::SYNCED, Condition::COMPROMISED] } else { &[] };
        let mut now = Vec::new();
        for condition in types.iter().filter_map(|it| status.condition(it)) {
            let value = match condition.status {
                ConditionStatus::True => 1,
                ConditionStatus::Unknown => 0,
                ConditionStatus::False => -1,
            };
            let labels = condition_labels(sealed, &condition.type_);
            self.conditions.get_or_create(&labels).set(value);
            now.push(labels);
        }
        let (uid, namespace) = identity(sealed);
        let before = std::mem::replace(&mut self.shown.lock().object(uid, &namespace).labels, now.clone());
        for gone in before.into_iter().filter(|before| !now.contains(before)) {
            self.conditions.remove(&gone);
        }
    }

    /// Removes the series of an object that is gone, and the failures of its namespace if it was the last one there.
    pub(crate) fn forget(&self, uid: &str) {
        let (labels, emptied) = self.shown.lock().forget(uid);
        for labels in labels {
            self.conditions.remove(&labels);
        }
        if let Some(namespace) = emptied {
            for reason in REASONS {
                self.errors.remove(&ErrorLabels { reason, namespace: namespace.clone() });
            }
        }
    }

    /// Removes all series: from now on another replica shows them, and sees which objects go.
    pub(crate) fn forget_all(&self) {
        let mut shown = self.shown.lock();
        *shown = Shown::default();
        self.conditions.clear();
        self.errors.clear();
    }
}

impl Shown {
    fn object(&mut self, uid: String, namespace: &str) -> &mut Object {
        self.objects.entry(uid).or_insert_with(|| {
            *self.counts.entry(namespace.into()).or_default() += 1;
            Object { namespace: namespace.into(), labels: Vec::new() }
        })
    }

    /// Removes an object. Returns the labels of its series, and its namespace if it was the last one there.
    fn forget(&mut self, uid: &str) -> (Vec<ConditionLabels>, Option<String>) {
        let Some(Object { namespace, labels }) = self.objects.remove(uid) else { return Default::default() };
        let left = self.counts.remove(&namespace).unwrap_or_default().saturating_sub(1);
        if left == 0 {
            return (labels, Some(namespace));
        }
        self.counts.insert(namespace, left);
        (labels, None)
    }
}

/// UID and namespace.
fn identity(sealed: &WatchedSealedSecret) -> (String, String) {
    (sealed.uid().unwrap_or_default(), sealed.namespace().unwrap_or_default())
}

fn condition_labels(sealed: &WatchedSealedSecret, condition: &str) -> ConditionLabels {
    ConditionLabels {
        namespace: sealed.namespace().unwrap_or_default(),
        name: sealed.name_any(),
        condition: condition.into(),
        ss_app_kubernetes_io_instance: sealed.labels().get(INSTANCE).cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
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
            metrics.objects.count_error(&object(namespace, uid), "unseal");
            metrics.objects.observe_conditions(&object(namespace, uid), &failed());
        }
        let shown = |namespace| shows_failures(&metrics, namespace);
        metrics.objects.forget("a");
        metrics.objects.forget("a");
        assert!(shown("one") && shown("other"), "one is left");
        metrics.objects.forget("b");
        assert!(!shown("one") && shown("other"), "none is left");
    }

    #[test]
    fn failures_of_an_object_whose_status_could_not_be_written_go_with_it() {
        let metrics = Metrics::default();
        metrics.objects.count_error(&object("one", "a"), "unseal");
        assert!(shows_failures(&metrics, "one"));
        metrics.objects.forget("a");
        assert!(!shows_failures(&metrics, "one"));
    }

    #[test]
    fn a_replica_that_leads_no_more_shows_no_failures_of_namespaces_that_may_go() {
        let metrics = Metrics::default();
        metrics.objects.count_error(&object("one", "a"), "unseal");
        metrics.objects.observe_conditions(&object("one", "a"), &failed());
        metrics.forget_objects();
        assert!(!shows_failures(&metrics, "one"), "another replica leads");
        metrics.objects.count_error(&object("other", "c"), "unseal");
        assert!(!shows_failures(&metrics, "one") && shows_failures(&metrics, "other"), "it leads again");
        metrics.objects.forget("c");
        assert!(!shows_failures(&metrics, "other"), "and counts from the start");
    }

    #[test]
    fn objects_are_not_named_where_that_was_asked_for_and_failures_still_go() {
        let metrics = Metrics::default().naming_objects(false);
        let text = || metrics.text().unwrap();
        metrics.objects.count_error(&object("one", "a"), "unseal");
        metrics.objects.observe_conditions(&object("one", "a"), &failed());
        assert!(!text().contains("condition_info"), "{}", text());
        assert!(shows_failures(&metrics, "one") && text().contains("unseal_requests_total"));
        metrics.objects.forget("a");
        assert!(!shows_failures(&metrics, "one"));
    }
}
