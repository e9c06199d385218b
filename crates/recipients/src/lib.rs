//! The recipients of a SealedSecret: the clusters and age identities that open it beside the one that its items are sealed to.
//!
//! Text and bytes in, text and bytes out: the document that stands in the annotation `sealedsecrets.bitnami.com/recipients`, and the keys
//! in it. Which keys a reader has, and how many tries an object may cost, is in the crate `sealing`; which recipients an object should
//! have is in `kubeseal-rs`. Nothing here encrypts or decrypts age files: the caller does.
#![doc = include_str!("../FORMAT.md")]

mod age_recipient;
mod associated_data;
mod document;
mod entry;
mod format_error;
mod group;
mod item;
mod new_group;
mod object_key;

pub use age_recipient::{AgeRecipient, NotAnAgeRecipient};
pub use document::{LONGEST_READ, LONGEST_WRITTEN, MOST_GROUPS, Recipients, TooLong, TooManyGroups};
pub use entry::Entry;
pub use format_error::FormatError;
pub use group::{Group, Matching};
pub use new_group::NewGroup;
pub use object_key::ObjectKey;
