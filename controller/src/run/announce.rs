//! The log lines at the start of the process, and at the start of a term as the leader.

use crate::config::Config;
use crate::config::watch::Namespaces;
use crate::run::replica::Replica;

/// Logs that this process starts, and the warnings about its configuration. The first line has upstream's words,
/// because programs that wait for a start look for them.
pub(crate) fn process_starts(config: &Config) {
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "Starting sealed-secrets controller");
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
}

/// Logs that a term begins: which namespaces are unsealed, and with which keys.
pub(crate) fn term_begins(replica: &Replica) {
    let cluster = &replica.cluster;
    let namespaces = match &replica.config.watch.namespaces {
        Namespaces::All => "all".to_owned(),
        Namespaces::OwnAnd(others) => {
            [&cluster.namespace].into_iter().chain(others).map(String::as_str).collect::<Vec<_>>().join(",")
        }
    };
    let ring = replica.state.ring.snapshot();
    let fingerprints: Vec<String> = ring.iter().map(|key| key.fingerprint().short()).collect();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        server = cluster.server,
        keys_in = cluster.namespace,
        keys = fingerprints.join(","),
        listening = %replica.address,
        namespaces,
        "unsealing SealedSecrets"
    );
}
