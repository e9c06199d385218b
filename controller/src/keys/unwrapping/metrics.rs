//! [`ProviderMetrics`]: whether each key management service works.

use crate::keys::unwrapping::providers::Wrapping;
use crate::metrics::encode::encode_family;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct ProviderMetrics(pub(crate) Arc<Wrapping>);

impl Collector for ProviderMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let up = self.0.states.all().into_iter().filter_map(|(provider, state)| {
            let up = ConstGauge::new(i64::from(state.is_up?));
            Some(([("provider", provider)], up))
        });
        let help = "Whether a provider of --key-wrap-with or --key-unwrap-with could be used when it was last tried, once a minute: 1 or 0";
        encode_family(&mut encoder, "sealed_secrets_controller_key_provider_up", help, up)
    }
}
