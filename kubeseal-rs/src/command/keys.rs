//! `keys`: the sealing keys of a cluster.
//!
//! A file for each command; `needed` tells what needs which key, `find` which key is meant, `fresh` waits for a new one,
//! `stray` judges one that the controller made while the others were lost.

mod backup;
mod confirm;
mod error;
mod find;
mod fresh;
mod list;
mod needed;
mod renew;
mod restore;
mod retire;
mod revoke;
mod stray;
mod table;

pub(crate) use error::KeysError;

use crate::failure::Failure;
use crate::key_store::KeyStore;
use crate::mode::{Keys, KeysTask};

pub(super) fn keys(keys: &Keys) -> Result<(), Failure> {
    match &keys.task {
        // Whatever is wrong with their files is said before a cluster is asked.
        KeysTask::Backup(backup) => backup::backup(backup, &keys.place),
        KeysTask::Restore(restore) => restore::restore(restore, &keys.place),
        KeysTask::List { files, format } => list::list(&KeyStore::connect(&keys.place)?, files, *format),
        KeysTask::Renew { timeout } => renew::renew(&KeyStore::connect(&keys.place)?, *timeout),
        KeysTask::Retire { key, files } => retire::retire(&keys.place, key, files),
        KeysTask::Revoke(revoke) => revoke::revoke(&KeyStore::connect(&keys.place)?, revoke),
    }
}
