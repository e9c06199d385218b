//! `keys`: the sealing keys of a cluster.
//!
//! A file for each command; `needed` tells what needs which key, `find` which key is meant, `fresh` waits for a new one,
//! `insist` tries again, `by_hand` tells how it is done without us, `stray` judges one that the controller made while the others were lost.

mod backup;
mod by_hand;
mod confirm;
mod error;
mod find;
mod fresh;
mod insist;
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
        KeysTask::Renew { timeout } => renew::renew(&keys.place, *timeout),
        KeysTask::Retire(retire) => retire::retire(&keys.place, retire),
        KeysTask::Revoke(revoke) => revoke::revoke(&keys.place, revoke),
    }
}
