//! `keys`: the sealing keys of a cluster.
//!
//! A file for each command; `needed` tells what needs which key, `find` which key is meant, `fresh` waits for a new one,
//! `insist` tries again, `by_hand` tells how it is done without us, `stray` judges one that the controller made while the others were lost.

pub(crate) mod backup;
pub(crate) mod confirm;
pub(crate) mod error;
pub(crate) mod find;
pub(crate) mod fresh;
pub(crate) mod kubectl_command;
pub(crate) mod list;
pub(crate) mod needed;
pub(crate) mod renew;
pub(crate) mod restore;
pub(crate) mod retire;
pub(crate) mod retry;
pub(crate) mod revoke;
pub(crate) mod table;

use crate::error::Failure;
use crate::key_store::KeyStore;
use crate::settings::keys::{Keys, KeysTask};

pub(crate) fn keys(keys: &Keys) -> Result<(), Failure> {
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
