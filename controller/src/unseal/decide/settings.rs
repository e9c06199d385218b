//! [`Settings`]: what the flags say about a decision.

use crate::unseal::decide::sealing_key::KeyPlace;
use sealing::Accepted;

/// They depend on the namespace of a SealedSecret, and on nothing else of it.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where no SealedSecret may write its Secret.
    pub key_place: KeyPlace,
    /// Deprecated forms that are unsealed.
    pub accepted: Accepted,
    /// Templates are rendered.
    pub renders_templates: bool,
    /// Each Secret gets the annotation that says from which spec it was unsealed, because no status is written.
    pub annotates_all: bool,
}
