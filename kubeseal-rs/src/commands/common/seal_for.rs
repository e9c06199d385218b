//! For whom commands seal: one certificate, or the clusters of the project file.
//!
//! `choice` chooses by the path of the file, or by `--for`; `plan` says which files are written; `project_recipients` are what it chose; `keys` hands the public keys to the crate `sealing`; `item_sealer` seals items of a
//! SealedSecret that is in a file; `annotation` reads and checks the recipients that a SealedSecret has; `recipient_keys` are its keys as text; `existing_output` keeps what a file holds.
//!
//! Decided: recipients come from the rules and the trust store alone. The annotation of a file is only compared with them, because a pull
//! request can write anything into it.

pub(crate) mod annotation;
pub(crate) mod choice;
pub(crate) mod error;
pub(crate) mod existing_output;
pub(crate) mod item_sealer;
pub(crate) mod keys;
pub(crate) mod plan;
pub(crate) mod project_recipients;
pub(crate) mod recipient_keys;
