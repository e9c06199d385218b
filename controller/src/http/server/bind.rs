//! `listen`: opens the port.

use crate::config::listen_address::ListenAddress;
use std::io;
use tokio::net::TcpListener;

#[derive(Debug, thiserror::Error)]
#[error("listening on {address} failed")]
pub(crate) struct ListenError {
    pub address: String,
    pub source: io::Error,
}

/// Listens on `address`; without a host on every interface, IPv6 and IPv4 where the system has both.
pub(crate) async fn listen(address: &ListenAddress) -> Result<TcpListener, ListenError> {
    let hosts = match &address.host {
        Some(host) => vec![host.as_str()],
        None => vec!["::", "0.0.0.0"],
    };
    let mut failure = None;
    for host in hosts {
        match TcpListener::bind((host, address.port)).await {
            Ok(listener) => return Ok(listener),
            Err(source) => failure = Some((host, source)),
        }
    }
    let (host, source) = failure.unwrap_or(("", io::ErrorKind::AddrNotAvailable.into()));
    Err(ListenError { address: format!("{host}:{}", address.port), source })
}
