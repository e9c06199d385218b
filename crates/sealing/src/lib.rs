//! The verbs of Sealed Secrets on Kubernetes types: seal, unseal, reseal, and the key ring.
//!
//! Pure: no client, no clock, no network; time and randomness are arguments. The bytes are `envelope`'s, the types
//! `api`'s, the language of templates `template`'s. `kubeseal-rs` seals and the controller unseals; both do it here, so
//! that they cannot differ.

mod base64_text;
mod item_error;
mod item_opener;
mod key_ring;
mod needs;
mod reseal;
mod seal;
mod sealing_key;
mod successor_name;
mod unseal;
mod unsealed_secret;

pub use item_error::{BadTemplate, ItemError, ItemFault};
pub use key_ring::KeyRing;
pub use needs::{Needs, needs};
pub use reseal::{MAX_ITEMS_OF_A_REQUEST, ResealError, Verdict, reseal, reseal_in_full, verify};
pub use seal::{SealFailure, SecretToSeal, seal_item, seal_secret};
pub use sealing_key::{KeyOrder, KeySecretError, SealingKey};
pub use successor_name::{Predecessor, successor_name};
pub use template::{Outside, may_vary};
pub use unseal::{Accepted, DO_NOT_RENDER, InFull, UnsealError, skips_owner, templated, unseal};
pub use unsealed_secret::UnsealedSecret;
