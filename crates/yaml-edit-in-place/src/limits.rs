//! How much a document may expand to when it is parsed.
//!
//! Decided: the parser's fixed limits are the least that a document may have, because a list of thousands of objects is honest input. What
//! aliases (`*name`) make of a document is bounded by what a document of its length could hold without them.

use serde_saphyr::Budget;
use serde_saphyr::options::AliasLimits;

/// The limits of nodes, and of the parser's events.
pub fn budget(text: &str) -> Option<Budget> {
    let least = Budget::default();
    let length = text.len();
    // In the tightest text, `[a,b]`, each takes two bytes.
    let nodes = length / 2;
    serde_saphyr::budget! {
        max_events: least.max_events + length,
        max_nodes: least.max_nodes + nodes,
        max_aliases: least.max_aliases + nodes,
        max_anchors: least.max_anchors + nodes,
        max_merge_keys: least.max_merge_keys + nodes,
        max_recorded_anchor_events: least.max_recorded_anchor_events + length,
        max_recorded_anchor_bytes: least.max_recorded_anchor_bytes + length,
        max_total_scalar_bytes: least.max_total_scalar_bytes + length,
        // A List whose items share one anchor is no bomb: what comes of it is counted above.
        enforce_alias_anchor_ratio: false,
    }
}

/// The limit of events that aliases repeat.
pub fn alias_limits(text: &str) -> AliasLimits {
    let least = AliasLimits::default();
    serde_saphyr::alias_limits! {
        max_total_replayed_events: least.max_total_replayed_events + text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_may_come_to_grows_with_its_length_and_no_faster() {
        let nodes = |length: usize| budget(&"x".repeat(length)).unwrap().max_nodes;
        assert_eq!(nodes(1_000_000) - nodes(0), 500_000);
        let replayed = |length: usize| alias_limits(&"x".repeat(length)).max_total_replayed_events;
        assert_eq!(replayed(1_000_000) - replayed(0), 1_000_000);
    }
}
