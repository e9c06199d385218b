//! `config_of`: the configuration of a client from a cluster of a kubeconfig, without the user and without the
//! environment.
//!
//! Decided: built here, because kube 5 adds the environment's proxy to the cluster, compares `NO_PROXY` with the
//! proxy's own address, and fails if it cannot read `NO_PROXY`, needed or not.

use crate::cluster::error::ConnectionError;
use crate::cluster::proxy;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::Uri;
use kube::Config;
use kube::config::Cluster;
use std::path::Path;

/// The configuration of a client for this cluster.
pub(crate) fn config_of(name: &str, cluster: &Cluster) -> Result<Config, ConnectionError> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let server = text(&cluster.server).and_then(|server| address(&server, false));
    let mut config = Config::new(server.ok_or_else(|| ConnectionError::ClusterServer(name.into()))?);
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify == Some(true);
    config.disable_compression = cluster.disable_compression == Some(true);
    config.tls_server_name = text(&cluster.tls_server_name);
    config.root_cert = match (text(&cluster.certificate_authority_data), text(&cluster.certificate_authority))
    {
        (Some(data), _) => {
            let pem = BASE64_STANDARD.decode(data.trim()).ok().and_then(|pem| String::from_utf8(pem).ok());
            let found = pem.map(|pem| certificates(&pem)).filter(|found| !found.is_empty());
            Some(found.ok_or_else(|| ConnectionError::AuthorityData(name.into()))?)
        }
        (None, Some(file)) => Some(authorities(Path::new(&file))?),
        (None, None) => None,
    };
    if let Some(proxy_url) = text(&cluster.proxy_url) {
        let address = proxy::address(&proxy_url);
        config.proxy_url = Some(address.ok_or_else(|| ConnectionError::ClusterProxy(name.into()))?);
    }
    Ok(config)
}

/// An address. One without a scheme gets https if `speaks_tls`, else http.
pub(crate) fn address(text: &str, speaks_tls: bool) -> Option<Uri> {
    let scheme = if speaks_tls { "https" } else { "http" };
    let text = if text.contains("://") { text.to_owned() } else { format!("{scheme}://{text}") };
    text.parse().ok().filter(|url: &Uri| url.host().is_some_and(|host| !host.is_empty()))
}

/// The certificates in a file. A file without any is an error.
pub(crate) fn authorities(path: &Path) -> Result<Vec<Vec<u8>>, ConnectionError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConnectionError::CertificateAuthority { path: path.to_owned(), source })?;
    let found = certificates(&text);
    if found.is_empty() { Err(ConnectionError::NotAnAuthority(path.to_owned())) } else { Ok(found) }
}

fn certificates(pem: &str) -> Vec<Vec<u8>> {
    envelope::pem::blocks(pem)
        .into_iter()
        .filter(|block| block.label == "CERTIFICATE")
        .map(|block| block.der.to_vec())
        .collect()
}
