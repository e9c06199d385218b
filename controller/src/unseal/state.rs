//! What this process remembers of each SealedSecret between two reconciliations.

pub(crate) mod conflict_backoff;
pub(crate) mod correction;
pub(crate) mod object_state;
pub(crate) mod pause;
pub(crate) mod statement;
