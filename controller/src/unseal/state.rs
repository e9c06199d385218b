//! What this process remembers of each SealedSecret between two reconciliations, of the keys that opened them, and of its rights. No I/O, and nothing in it is secret.

pub(crate) mod conflict_backoff;
pub(crate) mod likely_keys;
pub(crate) mod memory;
pub(crate) mod object_state;
