//! What collectors write: [`encode_value`], and [`encode_family`] for a metric with labels.

use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use std::fmt;

/// Writes a metric without labels; nothing where there is no value.
pub(crate) fn encode_value(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: Option<impl EncodeMetric>,
) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
}

/// Writes a metric with one sample for each of these label sets; nothing where there are none.
pub(crate) fn encode_family(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = (impl EncodeLabelSet, impl EncodeMetric)>,
) -> fmt::Result {
    let mut samples = samples.into_iter().peekable();
    let Some((_, first)) = samples.peek() else { return Ok(()) };
    let mut family = encoder.encode_descriptor(name, help, None, first.metric_type())?;
    for (labels, sample) in samples {
        sample.encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
