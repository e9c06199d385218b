//! The controller: turns every SealedSecret of a cluster into the Secret it stands for.
//!
//! The way through: [`cli`] (flags as typed) -> [`config`] (as meant) -> [`run`], which joins the parts: [`keys`]
//! owns the sealing keys, [`unseal`] unseals, [`http`] serves the certificate, and [`leader_election`] says which of several
//! replicas does the first two.
//!
//! What a SealedSecret means is not here: the types are in `api`, unsealing is in `sealing`, and the bytes are
//! in `envelope`.

pub mod cli;
pub(crate) mod client;
pub mod config;
pub mod events;
pub mod http;
pub mod keys;
pub mod leader_election;
pub mod logging;
pub mod metrics;
pub mod process;
pub mod run;
pub(crate) mod unseal;
