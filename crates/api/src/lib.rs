//! The Kubernetes types of Sealed Secrets: `SealedSecret` and its status, scopes, annotations and names.
//!
//! No cryptography and no client: what these types mean for bytes is in `envelope` and `sealing`; who reads and
//! writes them is in `controller` and `kubeseal-rs`.

pub mod annotations;
mod bounded;
mod condition;
mod crd;
mod decode;
mod metadata;
mod observed;
mod observed_metadata;
mod observed_secret;
pub mod resource_version;
mod scope;
mod sealed_secret;
pub mod sealing_key;
mod server_message;
mod status;
mod watched;

pub use condition::{Condition, ConditionStatus};
pub use crd::crd;
pub use decode::{DecodeError, decode};
pub use metadata::{INSTANCE_LABEL, SealedSecretMetadata};
pub use observed::ObservedSealedSecret;
pub use observed_metadata::{METADATA_ONLY, ObservedMetadata};
pub use observed_secret::{ObservedSecret, TooManyEntries};
pub use scope::{Scope, UnknownScope};
pub use sealed_secret::{SealedSecret, SealedSecretSpec, SecretTemplate};
pub use server_message::{server_message, server_message_unless, server_message_without_reason};
pub use status::{SealedSecretStatus, TargetStatus};
pub use watched::{WatchedSealedSecret, WatchedSpec};
