//! [`KeyMetrics`]: the sealing keys as Prometheus sees them, looked at when it asks, so that no figure is ever stale.

use crate::keys::store::rejections::Refusals;
use crate::keys::store::ring::SharedRing;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use std::sync::Arc;

/// How many keys there are, how old, which dates are doubtful, and what is refused.
#[derive(Debug)]
pub(crate) struct KeyMetrics {
    ring: Arc<SharedRing>,
    refusals: Arc<Refusals>,
}

impl KeyMetrics {
    /// Of these.
    pub(crate) fn new(ring: &Arc<SharedRing>, refusals: &Arc<Refusals>) -> Self {
        Self { ring: Arc::clone(ring), refusals: Arc::clone(refusals) }
    }
}

impl Collector for KeyMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let report = self.ring.report();
        let active = i64::try_from(report.active).unwrap_or(i64::MAX);
        let newest = report.newest.map(|(_, since)| since.as_second());
        let next = report.next_renewal.map(jiff::Timestamp::as_second);
        for (name, help, value) in [
            ("sealing_keys", "Sealing keys that count", Some(active)),
            (
                "newest_key_created_timestamp_seconds",
                "Since when the newest sealing key is one, in seconds since 1970",
                newest,
            ),
            (
                "next_renewal_timestamp_seconds",
                "When the next sealing key is due, in seconds since 1970; past if it is overdue, absent if never",
                next,
            ),
        ] {
            if let Some(value) = value {
                let name = format!("sealed_secrets_controller_{name}");
                ConstGauge::new(value).encode(gauge(&mut encoder, &name, help)?)?;
            }
        }
        if let Some(published) = report.published {
            let help = "The sealing key whose certificate is served, by fingerprint; always 1";
            let mut family = gauge(&mut encoder, "sealed_secrets_controller_published_key", help)?;
            let labels = [("fingerprint", published.to_string())];
            ConstGauge::new(1_i64).encode(family.encode_family(&labels)?)?;
        }
        let help = "Sealing keys whose dates do not fit the API server's clock, by reason: a clock is wrong, or was when they were made";
        by_reason(&mut encoder, "misdated_keys", help, report.misdated.by_reason())?;
        let help = "Secrets that are labelled as sealing keys and refused right now, by reason: events on them say more";
        let refused = self.refusals.counts().map(|(reason, count)| (reason.as_str(), count));
        by_reason(&mut encoder, "key_refusals", help, refused)
    }
}

fn by_reason(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counts: impl IntoIterator<Item = (&'static str, usize)>,
) -> fmt::Result {
    let name = format!("sealed_secrets_controller_{name}");
    let mut family = gauge(encoder, &name, help)?;
    for (reason, count) in counts {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        ConstGauge::new(count).encode(family.encode_family(&[("reason", reason)])?)?;
    }
    Ok(())
}

fn gauge<'a>(
    encoder: &'a mut DescriptorEncoder<'_>,
    name: &'a str,
    help: &str,
) -> Result<MetricEncoder<'a>, fmt::Error> {
    encoder.encode_descriptor(name, help, None, MetricType::Gauge)
}
