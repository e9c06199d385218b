//! The verbs of the crate from outside: seal, unseal, verify, reseal, and what a ring of keys says about a SealedSecret.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
#[path = "../../../recipients/tests/it/case.rs"]
mod case;
mod diagnosis;
mod key_ring;
mod keys_and_objects;
mod recipients;
mod recipients_in_every_order;
mod recipients_vectors;
mod round_trip;
