//! The controller: turns every SealedSecret of a cluster into the Secret it stands for.
//!
//! [`cli`] parses the flags, [`config`] checks and combines them, and [`run`] starts the rooms: `keys` owns the sealing keys,
//! `unseal` reconciles SealedSecrets, `http` serves the certificate, and `leader_election` decides which of several replicas
//! does the first two. `client` and `process` are what all of them use.
//!
//! What a SealedSecret means is not here: the types are in `api`, unsealing is in `sealing`, and the bytes are
//! in `envelope`.

pub mod cli;
pub(crate) mod client;
pub mod config;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod leader_election;
pub mod logging;
pub(crate) mod metrics;
pub mod process;
pub mod run;
pub(crate) mod unseal;
