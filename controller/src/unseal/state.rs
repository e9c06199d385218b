//! What this process remembers of each SealedSecret between two reconciliations, of the keys that opened them, and of the Secrets that it
//! wrote. No I/O, and nothing in it is secret.

pub(crate) mod conflict_backoff;
pub(crate) mod gist;
pub(crate) mod likely_keys;
pub(crate) mod memory;
pub(crate) mod object_state;
pub(crate) mod object_states;
pub(crate) mod secret_writes;
