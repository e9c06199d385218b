//! [`Settings`]: what the flags say about a decision.

use crate::unseal::decide::sealing_key::KeyPlace;
use sealing::Accepted;

/// They depend on the namespace of a SealedSecret only.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The names of key Secrets, which no SealedSecret may write.
    pub key_place: KeyPlace,
    /// Deprecated forms that are unsealed.
    pub accepted: Accepted,
    /// Templates are rendered.
    pub renders_templates: bool,
    /// Each Secret gets the annotation of the spec that it was unsealed from, because no status is written.
    pub annotates_all: bool,
}
