//! Backups of sealing keys, as files: a List of Secrets, encrypted in the format of age or not.
//!
//! `write` makes the List, `encrypt` encrypts it, `decrypt` decrypts it. `commands::keys` decides which keys are backed
//! up and restored.
//!
//! Decided: age, instead of a format of our own, because this program may not be at hand when a backup is needed years
//! from now.

pub(crate) mod error;
pub(crate) mod passphrase;
pub(crate) mod work_factor;
pub(crate) mod write;

pub(crate) mod decrypt;
pub(crate) mod encrypt;
#[cfg(test)]
mod tests;
