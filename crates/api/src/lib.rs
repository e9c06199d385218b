//! The Kubernetes types of Sealed Secrets: `SealedSecret` and its status, scopes, annotations and names.
//!
//! No cryptography and no client: what these types mean for bytes is in `envelope` and `sealing`; what reads and writes them is in
//! `controller` and `kubeseal-rs`.
//!
//! | to add | change |
//! |---|---|
//! | an annotation | `annotations`; one that is read from a SealedSecret belongs to the list of those that are decoded |
//! | a type of condition | `condition`; the controller's `unseal::report::status` sets it |
//! | a field of the status or the spec | `status`, `sealed_secret`; then `cargo xtask generate` writes the CustomResourceDefinition |
//! | a scope | `scope`; the compiler shows each `match` |
//! | a label or annotation of keys' Secrets | `sealing_key` |
//! | what passes the rate limit of the controller | `reseal_token` |
//!
//! Objects come in three forms: [`SealedSecret`] and `Secret` as a client writes them; [`ObservedSealedSecret`] and [`ObservedSecret`] as
//! the API server has them, whatever their shape; and [`WatchedSealedSecret`], which a watch keeps in memory.

pub mod annotations;
mod condition;
mod crd;
mod decode;
mod observed;
pub mod reseal_token;
pub mod resource_version;
mod scope;
mod sealed_secret;
pub mod sealing_key;
mod server_message;
mod status;

pub use condition::{Condition, ConditionStatus};
pub use crd::crd;
pub use decode::{
    ContentTrace, DecodeError, INSTANCE_LABEL, SealedSecretMetadata, TooManyEntries, WantedTrace, decode,
};
pub use observed::{
    KeptJson, KeptStatus, METADATA_ONLY, ObservedMetadata, ObservedSealedSecret, ObservedSecret,
    WatchedSealedSecret, WatchedSpec,
};
pub use scope::{Scope, UnknownScope};
pub use sealed_secret::{SealedSecret, SealedSecretSpec, SecretTemplate};
pub use server_message::{
    failed_webhook, server_message, server_message_unless, server_message_without_reason,
};
pub use status::{LastUnsealed, SealedSecretStatus, TargetStatus};
