//! The network in which pods have addresses: a table from pod IP and port to a port on loopback, and the proxy by which
//! the API server reaches it. [`pod`](crate::pod) adds the pods.
//!
//! kubeseal fetches its certificate through the API server's service proxy. That connects to the pod's IP from the
//! Endpoints, and refuses loopback addresses; but there is no kubelet here, and the controller is a process that
//! listens on loopback.
//!
//! Decided: the API server's own egress selector (`--egress-selector-config-file`), the mechanism by which real
//! clusters put a proxy between control plane and nodes. For traffic to the cluster it connects through an HTTP CONNECT
//! proxy on a unix socket, which is this module; the proxy knows the pod IPs and connects to loopback. Because it needs
//! no root and no kernel feature, and everything can be reached from a terminal; instead of running everything in a
//! network namespace (`unshare --net`), which needs both, and hides the control plane from a user with kubectl.
//!
//! The addresses are of 192.0.2.0/24, TEST-NET-1: reserved for documentation, not routed. No program connects to them.

pub(crate) mod connect;
pub(crate) mod table;

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use crate::control_plane::pod_network::table::Table;

/// The table, and the proxy that serves it until this is dropped.
#[derive(Debug)]
pub struct PodNetwork {
    table: Arc<Table>,
    socket: PathBuf,
    server: JoinHandle<()>,
}

/// A pod's address. When this is dropped, the address is free again, and connects to nothing.
#[derive(Debug)]
pub struct PodAddress {
    ip: Ipv4Addr,
    table: Arc<Table>,
}

impl PodNetwork {
    /// Serves on a unix socket at `socket`. Must be called within a tokio runtime.
    pub fn start(socket: &Path) -> Result<Self> {
        let listener =
            UnixListener::bind(socket).with_context(|| format!("cannot listen on {}", socket.display()))?;
        let table = Arc::new(Table::default());
        let server = tokio::spawn(connect::serve(listener, Arc::clone(&table)));
        Ok(Self { table, socket: socket.to_owned(), server })
    }

    /// Reserves an address for a pod, with no port yet.
    pub fn add_pod(&self) -> Result<PodAddress> {
        let ip = self.table.take_ip().context("all 254 pod addresses are taken")?;
        Ok(PodAddress { ip, table: Arc::clone(&self.table) })
    }

    /// The API server's configuration (`--egress-selector-config-file`) by which it uses this network.
    pub fn egress_selector_configuration(&self) -> serde_json::Value {
        serde_json::json!({
            "apiVersion": "apiserver.k8s.io/v1beta1",
            "kind": "EgressSelectorConfiguration",
            "egressSelections": [{
                "name": "cluster",
                "connection": {
                    "proxyProtocol": "HTTPConnect",
                    "transport": { "uds": { "udsName": self.socket } },
                },
            }],
        })
    }
}

impl Drop for PodNetwork {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl PodAddress {
    /// The address, for the Pod's status.
    pub const fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// Connects this pod's `port` to `local_port` on 127.0.0.1.
    pub fn listens(&self, port: u16, local_port: u16) {
        self.table.set(SocketAddrV4::new(self.ip, port), local_port);
    }
}

impl Drop for PodAddress {
    fn drop(&mut self) {
        self.table.release(self.ip);
    }
}
