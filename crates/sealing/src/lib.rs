//! The verbs of Sealed Secrets on Kubernetes types: seal, unseal, reseal, and the key ring.
//!
//! Pure: no client, no clock, no network; time and randomness are arguments. The bytes are `envelope`'s, the types
//! `api`'s, the language of templates `template`'s. `kubeseal-rs` seals and the controller unseals; both do it here, so
//! that they cannot differ.

mod base64_text;
mod deprecated;
mod in_full;
mod key_ring;
mod message;
mod needs;
mod opener;
mod place;
mod reseal;
mod seal;
mod sealing_key;
mod successor_name;
mod templates;
mod unseal;
mod unsealed_secret;

pub use base64_text::decode as decode_item;
pub use in_full::InFull;
pub use key_ring::KeyRing;
pub use message::DO_NOT_RENDER;
pub use needs::{Needs, needs};
pub use opener::ITEMS_OF_A_QUESTION;
pub use reseal::{ResealError, Verdict, reseal, reseal_in_full, verify};
pub use seal::{SealFailure, SecretToSeal, seal_item, seal_secret};
pub use sealing_key::{KeyOrder, KeySecretError, SealingKey};
pub use successor_name::{Predecessor, successor_name};
pub use template::{Outside, may_vary};
pub use templates::{BadTemplate, templated};
pub use unseal::{Accepted, ItemError, ItemFault, UnsealError, skips_owner, unseal};
pub use unsealed_secret::UnsealedSecret;
