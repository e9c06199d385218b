//! The controller: turns every SealedSecret of a cluster into the Secret it stands for.
//!
//! The way through: [`cli`] (flags as typed) -> [`config`] (as meant) -> [`run`], which joins the parts: [`keys`]
//! owns the sealing keys, [`reconcile`] unseals, [`http`] serves the certificate, and [`leadership`] says which of several
//! replicas does the first two.
//!
//! What a SealedSecret means is not here: the types are in `api`, unsealing is in `sealing`, and the bytes are
//! in `envelope`.

pub mod cli;
pub mod cluster;
pub mod config;
pub mod contained;
pub mod core_dumps;
pub mod events;
mod following;
pub mod go_duration;
pub mod http;
mod key_connections;
pub mod keys;
pub mod leadership;
pub mod logging;
pub mod metrics;
mod process_metrics;
pub mod readiness;
pub mod reconcile;
mod response_limit;
pub mod run;
pub mod shutdown;
