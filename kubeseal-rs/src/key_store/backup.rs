//! Backups of sealing keys, as files: a List of Secrets, encrypted in the format of age or not.
//!
//! `write` makes the List, `encrypt` encrypts it for `recipient`s, `decrypt` decrypts it with `identities`. `header` and `backup_record` say what can be
//! known without decrypting. `commands::keys` decides which keys are backed up and restored.
//!
//! Decided: age, instead of a format of our own, because this program may not be at hand when a backup is needed years
//! from now.

pub(crate) mod backup_record;
pub(crate) mod decrypt;
pub(crate) mod encrypt;
pub(crate) mod error;
pub(crate) mod header;
pub(crate) mod identities;
pub(crate) mod passphrase;
pub(crate) mod protected;
pub(crate) mod recipient;
pub(crate) mod strength;
#[cfg(test)]
mod tests;
pub(crate) mod work_factor;
pub(crate) mod write;
