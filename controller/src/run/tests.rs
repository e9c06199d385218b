//! The metrics that a controller serves are those of `docs/reference.md`, with their types and labels.

use crate::keys::metrics::KeyMetrics;
use crate::keys::store::findings::KeyFindings;
use crate::keys::store::ring::SharedRing;
use crate::keys::store::ring::tests::a_key;
use crate::keys::unwrapping::metrics::ProviderMetrics;
use crate::keys::unwrapping::provider_states::ProviderStates;
use crate::keys::unwrapping::providers::Wrapping;
use crate::metrics::Metrics;
use api::WatchedSealedSecret;
use key_wrapping::KeyProviders;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

const REFERENCE: &str = include_str!("../../docs/reference.md");

/// Type and labels, by name.
type Families = BTreeMap<String, (String, BTreeSet<String>)>;

#[test]
fn the_reference_lists_every_metric_with_its_type_and_labels() {
    let ring = SharedRing::unread();
    ring.show([a_key()]);
    let providers = KeyProviders::new("prod".parse().unwrap(), Vec::new(), Vec::new());
    let wrapping = Wrapping { providers, states: ProviderStates::default() };
    wrapping.states.update("awskms:arn", |state| state.is_up = Some(true));
    let metrics = Metrics::new(true)
        .with(Box::new(KeyMetrics::new(&ring, &Arc::<KeyFindings>::default())))
        .with(Box::new(ProviderMetrics(Arc::new(wrapping))));
    let observed: WatchedSealedSecret =
        serde_json::from_value(json!({ "metadata": { "namespace": "shop", "name": "db", "uid": "u" } }))
            .unwrap();
    let status =
        serde_json::from_value(json!({ "conditions": [{ "type": "Synced", "status": "True" }] })).unwrap();
    metrics.objects.count_error(&observed, "unseal");
    metrics.objects.observe_conditions(&observed, &status);
    metrics.observe_request("/v1/verify".into(), "POST", 200, Duration::from_millis(1));
    assert_eq!(documented(REFERENCE), served(&metrics.classic_text().unwrap()));
}

/// From the table that is headed `metric`.
fn documented(page: &str) -> Families {
    let rows = page.lines().skip_while(|line| !line.starts_with("| metric |")).skip(2);
    let cells = rows.take_while(|line| line.starts_with('|')).map(|row| row.split(" | ").collect::<Vec<_>>());
    let in_code =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    cells
        .map(|cells| {
            (in_code(cells[0]).remove(0), (cells[1].to_owned(), in_code(cells[2]).into_iter().collect()))
        })
        .collect()
}

/// From Prometheus' text format.
fn served(text: &str) -> Families {
    let mut families = Families::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            families.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        } else if let Some((name, labels)) = line.split_once('{') {
            let of_histogram =
                ["_bucket", "_sum", "_count"].into_iter().find_map(|end| name.strip_suffix(end));
            let name = if families.contains_key(name) { name } else { of_histogram.unwrap_or(name) };
            let labels = labels.split("=\"").filter_map(|part| part.rsplit(['{', ',', '"']).next());
            let labels =
                labels.filter(|label| !label.is_empty() && *label != "le" && !label.starts_with('}'));
            let (_, known) = families.get_mut(name).unwrap_or_else(|| panic!("{line} is of no type"));
            known.extend(labels.map(str::to_owned));
        }
    }
    families
}
