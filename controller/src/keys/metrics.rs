//! [`KeyMetrics`]: Prometheus metrics about the sealing keys, computed when they are scraped, so that none is stale.

use crate::keys::store::findings::KeyFindings;
use crate::keys::store::ring::SharedRing;
use crate::metrics::encode::{encode_family, encode_value};
use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct KeyMetrics {
    ring: Arc<SharedRing>,
    findings: Arc<KeyFindings>,
}

impl KeyMetrics {
    pub(crate) fn new(ring: &Arc<SharedRing>, findings: &Arc<KeyFindings>) -> Self {
        Self { ring: Arc::clone(ring), findings: Arc::clone(findings) }
    }
}

impl Collector for KeyMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let encoder = &mut encoder;
        let status = self.ring.status();
        let help = "Sealing keys that count";
        encode_value(
            encoder,
            "sealed_secrets_controller_sealing_keys",
            help,
            Some(ConstGauge::new(status.active)),
        )?;
        let help = "Wrapped sealing keys that wait to be unwrapped: a provider does not answer, or does not open them";
        encode_value(
            encoder,
            "sealed_secrets_controller_sealing_keys_waiting",
            help,
            Some(ConstGauge::new(status.waiting)),
        )?;
        let help = "Uses of a private key to open a value, whether or not it opened";
        let uses = Some(ConstCounter::new(envelope::unwraps()));
        encode_value(encoder, "sealed_secrets_controller_private_key_operations", help, uses)?;
        let newest = status.newest.map(|(_, since)| since);
        let help = "Date of the newest sealing key, in seconds since 1970";
        encode_value(
            encoder,
            "sealed_secrets_controller_newest_key_created_timestamp_seconds",
            help,
            newest.map(seconds),
        )?;
        let help =
            "Whether the newest sealing key is in a backup, as its Secret says: 1 or 0; absent without a key";
        encode_value(
            encoder,
            "sealed_secrets_controller_newest_key_backed_up",
            help,
            newest.map(|_| ConstGauge::new(i64::from(status.is_backed_up))),
        )?;
        let help =
            "When the next sealing key is due, in seconds since 1970; past if it is overdue, absent if never";
        let next = status.next_renewal.map(seconds);
        encode_value(encoder, "sealed_secrets_controller_next_renewal_timestamp_seconds", help, next)?;
        let published = status.published.map(|key| ([("fingerprint", key.to_string())], ConstGauge::new(1)));
        let help = "The sealing key whose certificate is served, by fingerprint; always 1";
        encode_family(encoder, "sealed_secrets_controller_published_key", help, published)?;
        let by_reason = |(reason, count)| ([("reason", reason)], ConstGauge::new(count));
        let skewed = status.clock_skew.by_reason().map(by_reason);
        let help = "Sealing keys whose dates do not fit the API server's clock, by reason: a clock is wrong, or was when they were made";
        encode_family(encoder, "sealed_secrets_controller_misdated_keys", help, skewed)?;
        let counts = self.findings.counts().into_iter();
        let (refused, warned): (Vec<_>, Vec<_>) = counts.partition(|(reason, _)| reason.is_refusal());
        let refused = refused.into_iter().map(|(reason, count)| by_reason((reason.as_str(), count)));
        let help = "Secrets that are labelled as sealing keys and are rejected now, by reason; events on them say more";
        encode_family(encoder, "sealed_secrets_controller_key_refusals", help, refused)?;
        let warned = warned.into_iter().map(|(reason, count)| by_reason((reason.as_str(), count)));
        let help = "Sealing keys that are not kept as configured, or wait for a provider, by reason; events on them say more";
        encode_family(encoder, "sealed_secrets_controller_key_warnings", help, warned)
    }
}

fn seconds(date: Timestamp) -> ConstGauge<i64> {
    ConstGauge::new(date.as_second())
}
