//! The verbs of Sealed Secrets on Kubernetes types: seal, unseal, reseal, and the key ring.
//!
//! Pure: no client, no clock, no network; time and randomness are arguments. The bytes are in `envelope`, the types in `api`, the language
//! of templates in `template`. `kubeseal-rs` seals and the controller unseals, and both use this crate, so that they cannot differ.
//!
//! | verb | module |
//! |---|---|
//! | plaintext into a SealedSecret | `seal` |
//! | a SealedSecret into the Secret that it describes | `unseal`; its messages are in `unseal::message`, its templates in `unseal::templates` |
//! | sealed values to a newer key; whether values open | `reseal` |
//! | sealed values for other recipients, or for another name, namespace or scope | `change_recipients` |
//! | which keys a SealedSecret needs | `needs` |
//! | why an item does not open | `item_error::diagnosis` |
//! | which certificates the items are sealed with, as the annotations say | `item_error::item_certificates` |
//! | the annotation for recipients | `annotation` |
//! | base64 as Go reads it | `base64_text` |
//! | the order in which keys are tried, and how many tries an object may cost | `item_opener` |
//! | the keys of a cluster; the name of the next key | `keys` |

mod annotation;
mod base64_text;
mod change_recipients;
mod item_error;
mod item_opener;
mod keys;
mod needs;
mod reseal;
mod seal;
mod seal_for;
mod unseal;
mod unsealed_secret;

pub use annotation::recipients_in;
pub use base64_text::decode_base64;
pub use change_recipients::{ChangeError, change_recipients, outdated_items, rebind};
pub use item_error::diagnosis::Diagnosis;
pub use item_error::item_certificates::ItemCertificates;
pub use item_error::noted_key::{KeyWait, NotedKey, NotedKeys, SecretName};
pub use item_error::scope_change::ScopeChange;
pub use item_error::{BadTemplate, ItemError, ItemErrorKind};
pub use keys::key_ring::KeyRing;
pub use keys::sealing_key::{KeyOrder, KeySecretError, SealingKey};
pub use keys::successor_name::{Predecessor, successor_name};
pub use keys::{AgeOpener, Keys};
pub use needs::{Needs, Unstated, needs};
pub use reseal::{MAX_ITEMS_OF_A_REQUEST, ResealError, Resealed, Verdict, reseal, reseal_in_full, verify};
pub use seal::{SealFailure, SealedItems, SecretToSeal, seal_item, seal_items, seal_secret, seal_secret_for};
pub use seal_for::{OtherRecipient, SealFor};
pub use template::{Outside, may_vary};
pub use unseal::{
    Accepted, DO_NOT_RENDER, InFull, TemplateFault, UnsealError, render_with, skips_owner, template_faults,
    templated, unseal, unseal_in_full, why_not,
};
pub use unsealed_secret::UnsealedSecret;
