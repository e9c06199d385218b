//! `announce`: the one line that says what is being done, where, and with which keys.

use crate::config::watch::Namespaces;
use crate::run::Parts;

/// Says that a term begins.
pub(crate) fn announce(parts: &Parts) {
    let cluster = &parts.cluster;
    let namespaces = match &parts.config.watch.namespaces {
        Namespaces::All => "all".to_owned(),
        Namespaces::OwnAnd(others) => {
            [&cluster.namespace].into_iter().chain(others).map(String::as_str).collect::<Vec<_>>().join(",")
        }
    };
    let ring = parts.served.ring.snapshot();
    let fingerprints: Vec<String> = ring.iter().map(|key| key.fingerprint().short()).collect();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        server = cluster.server,
        keys_in = cluster.namespace,
        keys = fingerprints.join(","),
        listening = %parts.address,
        namespaces,
        "unsealing SealedSecrets"
    );
}
