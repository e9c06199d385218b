//! The wire format of Sealed Secrets: envelopes, RSA key pairs and their certificates.
//!
//! Bytes in, bytes out. Nothing here knows Kubernetes, awaits, reads a clock or does I/O: the time and the
//! random source are arguments. Scopes, which decide the label, live in the crate `api`; whole Secrets are
//! sealed and unsealed in the crate `sealing`.
//!
//! Decided: all cryptography is aws-lc-rs, because it is constant-time and several times faster in both directions, and because each
//! library that looks for features of the CPU costs a start of `kubeseal-rs` in a virtual machine time. The crates `rsa` and `aes-gcm` open
//! in tests what aws-lc-rs sealed, so that one implementation is tested against an independent one; `rsa` decodes keys too.
#![doc = include_str!("../FORMAT.md")]

mod aes_key;
mod error;
mod keys;
mod layout;
mod open;
pub mod pem;
mod plaintext;
mod seal;
mod wrap;

pub use aes_key::AesKey;
pub use error::{OpenError, SealError};
pub use keys::certificate::{Certificate, CertificateError, Expired};
pub use keys::fingerprint::{Fingerprint, NotAFingerprint};
pub use keys::issue::{IssueError, issue};
pub use keys::key_pair::{KeyPair, KeyPairError};
pub use keys::key_size::KeySize;
pub use keys::private_key::{PrivateKey, PrivateKeyError};
pub use keys::public_key::{PublicKey, PublicKeyError};
pub use layout::{Measure, Truncated, measure, sealed_part};
pub use open::{open, open_with, session_key};
pub use plaintext::Plaintext;
pub use seal::{reseal, seal, seal_and_keep};
pub use wrap::{unwrap, unwraps, wrap};
