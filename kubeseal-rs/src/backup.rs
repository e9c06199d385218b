//! Backups of sealing keys, as files: a List of Secrets, encrypted in the format of age or not.
//!
//! `write` makes the List, `lock` encrypts it, `unlock` decrypts what is encrypted. What is backed up, and what is put
//! back, is decided in `command::keys`.
//!
//! Decided: age, instead of a format of our own, because this program may not be at hand when a backup is needed years from now.

mod error;
mod lock;
mod passphrase;
mod unlock;
mod write;

pub(crate) use error::BackupError;
pub(crate) use lock::Lock;
pub(crate) use unlock::Unlock;
pub(crate) use write::list;

#[cfg(test)]
mod tests;
