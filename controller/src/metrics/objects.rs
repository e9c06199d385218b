//! [`ObjectMetrics`]: conditions and failures of each SealedSecret.
//!
//! A series is removed when its object, or the last object of its namespace, is deleted, and when this replica stops leading: only the
//! leader sees deletions. Upstream's controller shows failures for ever, also in namespaces that were deleted.

use crate::metrics::encode::encode_family;
use api::{Condition, ConditionStatus, SealedSecretStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// The metrics of all SealedSecrets, by namespace. A namespace is in here while it has SealedSecrets.
#[derive(Debug)]
pub(crate) struct ObjectMetrics {
    /// Whether there is a series for each object (`condition_info`), from which each client of the port can list all SealedSecrets.
    names_objects: bool,
    namespaces: Mutex<HashMap<String, Namespace>>,
}

#[derive(Debug, Default)]
struct Namespace {
    /// Number of failures, by reason.
    errors: BTreeMap<&'static str, u64>,
    /// By UID.
    objects: HashMap<Box<str>, Object>,
}

/// Without what texts and lists need to grow: there may be ten thousand of them.
#[derive(Debug, Default)]
struct Object {
    name: Box<str>,
    /// The value of the label [`api::INSTANCE_LABEL`], by which upstream joins conditions with releases.
    instance: Box<str>,
    /// The value of each of [`CONDITIONS`] that it has.
    conditions: [Option<i8>; CONDITIONS.len()],
}

/// The conditions that are shown.
const CONDITIONS: [&str; 2] = [Condition::SYNCED, Condition::COMPROMISED];

impl ObjectMetrics {
    pub(crate) fn new(names_objects: bool) -> Self {
        Self { names_objects, namespaces: Mutex::default() }
    }

    /// Counts a failure of an object; the reason is one of upstream's: `status`, `unmanaged`, `unseal` or `update`.
    pub(crate) fn count_error(&self, sealed: &WatchedSealedSecret, reason: &'static str) {
        let mut namespaces = self.namespaces.lock();
        let namespace = namespaces.entry(sealed.namespace().unwrap_or_default()).or_default();
        namespace.objects.entry(uid(sealed)).or_default();
        *namespace.errors.entry(reason).or_default() += 1;
    }

    /// Shows the conditions `Synced` and `Compromised` of an object.
    pub(crate) fn observe_conditions(&self, sealed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        let value = |type_| {
            Some(match status.condition(type_)?.status {
                ConditionStatus::True => 1,
                ConditionStatus::Unknown => 0,
                ConditionStatus::False => -1,
            })
        };
        let object = Object {
            name: sealed.name_any().into(),
            instance: sealed.instance.clone().unwrap_or_default(),
            conditions: CONDITIONS.map(value),
        };
        let mut namespaces = self.namespaces.lock();
        let namespace = namespaces.entry(sealed.namespace().unwrap_or_default()).or_default();
        namespace.objects.insert(uid(sealed), object);
    }

    /// Removes the series of an object that is gone, and the failures of its namespace if it was the last one there.
    pub(crate) fn forget(&self, uid: &str) {
        self.namespaces.lock().retain(|_, namespace| {
            namespace.objects.remove(uid);
            !namespace.objects.is_empty()
        });
    }

    /// Removes all series: from now on another replica shows them, and sees deletions.
    pub(crate) fn forget_all(&self) {
        self.namespaces.lock().clear();
    }
}

fn uid(sealed: &WatchedSealedSecret) -> Box<str> {
    sealed.uid().unwrap_or_default().into()
}

impl Collector for ObjectMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let namespaces = self.namespaces.lock();
        let errors = namespaces.iter().flat_map(|(namespace, shown)| {
            let labels = move |reason| [("reason", reason), ("namespace", namespace.as_str())];
            shown.errors.iter().map(move |(reason, count)| (labels(*reason), ConstCounter::new(*count)))
        });
        encode_family(&mut encoder, "unseal_errors", "SealedSecrets that could not be unsealed.", errors)?;
        if !self.names_objects {
            return Ok(());
        }
        let objects = namespaces.iter().flat_map(|(namespace, shown)| {
            shown.objects.values().map(move |object| (namespace.as_str(), object))
        });
        let conditions = objects.flat_map(|(namespace, object)| {
            let labels = move |condition| {
                [
                    ("namespace", namespace),
                    ("name", &*object.name),
                    ("condition", condition),
                    ("ss_app_kubernetes_io_instance", &*object.instance),
                ]
            };
            let shown = CONDITIONS.into_iter().zip(object.conditions);
            shown.filter_map(move |(type_, value)| Some((labels(type_), ConstGauge::new(i64::from(value?)))))
        });
        let help = "State of each SealedSecret: 1 true, 0 unknown, -1 false.";
        encode_family(&mut encoder, "condition_info", help, conditions)
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
        let metrics = Metrics::new(true);
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
        let metrics = Metrics::new(true);
        metrics.objects.count_error(&object("one", "a"), "unseal");
        assert!(shows_failures(&metrics, "one"));
        metrics.objects.forget("a");
        assert!(!shows_failures(&metrics, "one"));
    }

    #[test]
    fn a_replica_that_leads_no_more_shows_no_failures_of_namespaces_that_may_go() {
        let metrics = Metrics::new(true);
        metrics.objects.count_error(&object("one", "a"), "unseal");
        metrics.objects.observe_conditions(&object("one", "a"), &failed());
        metrics.objects.forget_all();
        assert!(!shows_failures(&metrics, "one"), "another replica leads");
        metrics.objects.count_error(&object("other", "c"), "unseal");
        assert!(!shows_failures(&metrics, "one") && shows_failures(&metrics, "other"), "it leads again");
        metrics.objects.forget("c");
        assert!(!shows_failures(&metrics, "other"), "and counts from the start");
    }

    #[test]
    fn metrics_without_object_names_still_remove_failures() {
        let metrics = Metrics::new(false);
        let text = || metrics.text().unwrap();
        metrics.objects.count_error(&object("one", "a"), "unseal");
        metrics.objects.observe_conditions(&object("one", "a"), &failed());
        assert!(!text().contains("condition_info"), "{}", text());
        assert!(shows_failures(&metrics, "one") && text().contains("unseal_requests_total"));
        metrics.objects.forget("a");
        assert!(!shows_failures(&metrics, "one"));
    }
}
