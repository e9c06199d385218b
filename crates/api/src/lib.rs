//! The Kubernetes types of Sealed Secrets: `SealedSecret` and its status, scopes, annotations and names.
//!
//! No cryptography and no client: what these types mean for bytes is in `envelope` and `sealing`; who reads and
//! writes them is in `controller` and `kubeseal-rs`.

pub mod annotations;
mod condition;
mod crd;
mod decode;
mod observed;
pub mod resource_version;
mod scope;
mod sealed_secret;
pub mod sealing_key;
mod server_message;
mod status;

pub use condition::{Condition, ConditionStatus};
pub use crd::crd;
pub use decode::{DecodeError, INSTANCE_LABEL, SealedSecretMetadata, TooManyEntries, decode};
pub use observed::{
    METADATA_ONLY, ObservedMetadata, ObservedSealedSecret, ObservedSecret, WatchedSealedSecret, WatchedSpec,
};
pub use scope::{Scope, UnknownScope};
pub use sealed_secret::{SealedSecret, SealedSecretSpec, SecretTemplate};
pub use server_message::{server_message, server_message_unless, server_message_without_reason};
pub use status::{SealedSecretStatus, TargetStatus};
