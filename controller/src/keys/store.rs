//! The key Secrets: watched, read, rejected where they are no usable sealing keys, created, and published as one state.
//!
//! `watch` feeds [`watched`], which reads each Secret into a [`key_secret`]; from all of these follows a [`ring_state`], which
//! [`ring`] hands out. When a key is renewed is not decided here: `renewal` reads the [`key_records`] of that state.

pub(crate) mod events;
pub(crate) mod findings;
pub(crate) mod foreign_namespaces;
pub(crate) mod key_records;
pub(crate) mod key_secret;
pub(crate) mod new_secret;
pub(crate) mod ring;
pub(crate) mod ring_state;
pub(crate) mod secret_api;
pub(crate) mod watch;
pub(crate) mod watched;
pub(crate) mod wipe;
pub(crate) mod wrapped_secret;
