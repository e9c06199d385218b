//! [`Metrics`]: all metrics, under upstream's names, so that its dashboards and alerts go on working. Labels hold names, never values.
//!
//! To add a metric, add a field to [`Metrics`], or to `ObjectMetrics` if it has a series for each SealedSecret or namespace, and
//! register it there. The metrics of the sealing keys are in `keys::metrics`, those of the process in `metrics::process`; `http::metrics` serves
//! all of them.

pub(crate) mod classic;
pub(crate) mod encode;
pub(crate) mod objects;
pub(crate) mod process;

use crate::metrics::classic::classic;
use crate::metrics::objects::ObjectMetrics;
use crate::metrics::process::ProcessMetrics;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;

/// Upstream's prefix.
const PREFIX: &str = "sealed_secrets_controller";

/// Upper bounds in seconds: Prometheus' customary ones.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    path: String,
    code: u16,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    path: String,
    method: &'static str,
}

#[derive(Debug)]
pub(crate) struct Metrics {
    /// Number of SealedSecrets that were opened or refused.
    pub unseal_requests: Counter,
    /// Corrections of Secrets that other clients had edited or deleted.
    pub drift_corrections: Counter,
    /// Metrics of each SealedSecret.
    pub objects: Arc<ObjectMetrics>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<DurationLabels, Histogram>,
    leader: Gauge,
    registry: Registry,
}

impl Metrics {
    /// `names_objects`: with a series for each SealedSecret (`condition_info`).
    pub(crate) fn new(names_objects: bool) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(ProcessMetrics));
        let ours = registry.sub_registry_with_prefix(PREFIX);
        let unseal_requests = Counter::default();
        let drift_corrections = Counter::default();
        let requests = Family::default();
        let durations = Family::<DurationLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        ours.register("build", "The running version", Info::new([("revision", env!("CARGO_PKG_VERSION"))]));
        ours.register("unseal_requests", "Tries to unseal a SealedSecret", unseal_requests.clone());
        ours.register(
            "drift_corrections",
            "Corrections of Secrets that other clients had edited or deleted",
            drift_corrections.clone(),
        );
        let objects = Arc::new(ObjectMetrics::new(names_objects));
        ours.register_collector(Box::new(Arc::clone(&objects)));
        ours.register("http_requests", "HTTP requests answered", requests.clone());
        ours.register("http_request_duration_seconds", "How long answers took", durations.clone());
        let leader = Gauge::default();
        ours.register("leader", "1 if this replica unseals and renews, 0 if it stands by", leader.clone());
        Self { unseal_requests, drift_corrections, objects, requests, durations, leader, registry }
    }

    /// Adds the metrics of another collector.
    #[must_use]
    pub(crate) fn with(mut self, collector: Box<dyn Collector>) -> Self {
        self.registry.register_collector(collector);
        self
    }

    pub(crate) fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    pub(crate) fn observe_request(&self, path: String, method: &'static str, code: u16, took: Duration) {
        let labels = RequestLabels { path: path.clone(), code, method };
        self.requests.get_or_create(&labels).inc();
        let labels = DurationLabels { path, method };
        self.durations.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// All metrics in Prometheus' older text format (0.0.4).
    pub(crate) fn classic_text(&self) -> Result<String, std::fmt::Error> {
        self.text().map(|text| classic(&text))
    }

    /// All metrics as `OpenMetrics` text.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::INSTANCE_LABEL;
    use api::WatchedSealedSecret;
    use serde_json::json;

    #[test]
    fn names_and_labels_are_upstreams() {
        let metrics = Metrics::new(true);
        let observed: WatchedSealedSecret = serde_json::from_value(json!({
            "metadata": { "namespace": "ns", "name": "db", "uid": "u", "labels": { INSTANCE_LABEL: "shop" } },
        }))
        .unwrap();
        let status = serde_json::from_value(json!({
            "conditions": [{ "type": "Synced", "status": "False" }, { "type": "Compromised", "status": "True" }],
        }))
        .unwrap();
        metrics.unseal_requests.inc();
        metrics.objects.count_error(&observed, "unseal");
        metrics.objects.observe_conditions(&observed, &status);
        metrics.observe_request("/v1/verify".into(), "POST", 409, Duration::from_millis(30));
        let text = metrics.text().unwrap();
        let condition = "sealed_secrets_controller_condition_info{namespace=\"ns\",name=\"db\",\
                         condition=\"Synced\",ss_app_kubernetes_io_instance=\"shop\"} -1";
        let leaked = condition.replace("Synced", "Compromised").replace("-1", "1");
        for line in [
            "sealed_secrets_controller_build_info{revision=\"",
            "sealed_secrets_controller_unseal_requests_total 1",
            "sealed_secrets_controller_drift_corrections_total 0",
            "sealed_secrets_controller_unseal_errors_total{reason=\"unseal\",namespace=\"ns\"} 1",
            condition,
            &leaked,
            "sealed_secrets_controller_http_requests_total{path=\"/v1/verify\",code=\"409\",method=\"POST\"} 1",
            "sealed_secrets_controller_http_request_duration_seconds_bucket{le=\"0.05\",path=\"/v1/verify\"",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let recovered =
            serde_json::from_value(json!({ "conditions": [{ "type": "Synced", "status": "False" }] }))
                .unwrap();
        metrics.objects.observe_conditions(&observed, &recovered);
        let text = metrics.text().unwrap();
        assert!(text.contains(condition) && !text.contains(&leaked), "resealed: {text}");
        metrics.objects.forget("u");
        assert!(!metrics.text().unwrap().contains(condition));
        metrics.objects.observe_conditions(&observed, &status);
        metrics.leads(true);
        metrics.objects.forget_all();
        let text = metrics.text().unwrap();
        assert!(!text.contains(condition) && text.contains("sealed_secrets_controller_leader 1"), "{text}");
    }
}
