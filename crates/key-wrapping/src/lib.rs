//! Private sealing keys wrapped by key management services (KMS).
//!
//! - `format`: the document `wrapped.json`: a private key encrypted under a data key, and the data key under each provider. Bytes in, bytes
//!   out, without I/O.
//! - [`KeyProof`]: shows that a copy for age recipients holds the private key, or that a wrapped key was made to replace another Secret.
//! - [`KeyWrapper`]: what a provider does: encrypts and decrypts a data key. `providers` has a file for each kind of provider; adding one
//!   touches this crate alone.
//! - `https`: the client of those that are reached by HTTPS.
//! - [`KeyProviders`]: the configured providers together: wraps with all of them, unwraps with the first that succeeds.
//!
//! Nothing here knows Kubernetes. Which Secrets hold wrapped keys, and when they are unwrapped, is in the controller and in `kubeseal-rs`.
#![doc = include_str!("../FORMAT.md")]

mod format;
mod https;
mod key_providers;
mod proof;
mod provider;
mod providers;

pub use format::context::{ClusterName, ClusterNameError, Context};
pub use format::data_key::{CryptoFailed, DataKey};
pub use format::document::{LONGEST, WrappedKey};
pub use format::error::FormatError;
pub use format::slot::{MOST_SLOTS, SLOTS_LONGEST, Slot};
pub use key_providers::error::{SlotFailure, UnwrapError, WrapError};
pub use key_providers::slot_report::SlotReport;
pub use key_providers::{KeyProviders, Unwrapped};
pub use proof::KeyProof;
pub use provider::environment::ProviderEnvironment;
pub use provider::error::{ProviderError, ProviderErrorKind};
pub use provider::key_wrapper::{Binding, KeyWrapper};
pub use provider::spec::{ProviderSpec, ProviderSpecError};
pub use provider::tokens::TokenSource;
pub use provider::uri::{ProviderUri, ProviderUriError};
pub use providers::age_recipient::AgeIdentity;
pub use providers::connect;
