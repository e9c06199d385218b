//! [`KeyMetrics`]: Prometheus metrics about the sealing keys, computed when they are scraped, so that none is stale.

use crate::keys::store::rejections::Rejections;
use crate::keys::store::ring::SharedRing;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use std::sync::Arc;

/// The collector of these metrics.
#[derive(Debug)]
pub(crate) struct KeyMetrics {
    ring: Arc<SharedRing>,
    rejections: Arc<Rejections>,
}

impl KeyMetrics {
    pub(crate) fn new(ring: &Arc<SharedRing>, rejections: &Arc<Rejections>) -> Self {
        Self { ring: Arc::clone(ring), rejections: Arc::clone(rejections) }
    }
}

impl Collector for KeyMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let status = self.ring.status();
        let active = i64::try_from(status.active).unwrap_or(i64::MAX);
        let newest = status.newest.map(|(_, since)| since.as_second());
        let next = status.next_renewal.map(jiff::Timestamp::as_second);
        for (name, help, value) in [
            ("sealed_secrets_controller_sealing_keys", "Sealing keys that count", Some(active)),
            (
                "sealed_secrets_controller_newest_key_created_timestamp_seconds",
                "Date of the newest sealing key, in seconds since 1970",
                newest,
            ),
            (
                "sealed_secrets_controller_next_renewal_timestamp_seconds",
                "When the next sealing key is due, in seconds since 1970; past if it is overdue, absent if never",
                next,
            ),
        ] {
            if let Some(value) = value {
                ConstGauge::new(value).encode(gauge(&mut encoder, name, help)?)?;
            }
        }
        if let Some(published) = status.published {
            let help = "The sealing key whose certificate is served, by fingerprint; always 1";
            let mut family = gauge(&mut encoder, "sealed_secrets_controller_published_key", help)?;
            let labels = [("fingerprint", published.to_string())];
            ConstGauge::new(1_i64).encode(family.encode_family(&labels)?)?;
        }
        let help = "Sealing keys whose dates do not fit the API server's clock, by reason: a clock is wrong, or was when they were made";
        by_reason(
            &mut encoder,
            "sealed_secrets_controller_misdated_keys",
            help,
            status.clock_skew.by_reason(),
        )?;
        let help = "Secrets that are labelled as sealing keys and are rejected now, by reason; events on them say more";
        let rejected = self.rejections.counts().map(|(reason, count)| (reason.as_str(), count));
        by_reason(&mut encoder, "sealed_secrets_controller_key_refusals", help, rejected)
    }
}

fn by_reason(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counts: impl IntoIterator<Item = (&'static str, usize)>,
) -> fmt::Result {
    let mut family = gauge(encoder, name, help)?;
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
