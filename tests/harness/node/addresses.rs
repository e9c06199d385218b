//! The names and addresses that the programs of a node agree on.

/// The node's name.
pub const NAME: &str = "node1";
/// The image that holds each Pod's namespaces.
pub(crate) const PAUSE_IMAGE: &str = "localhost/pause:1";

pub(crate) const ADDRESS: &str = "10.200.0.1";
pub(crate) const POD_NETWORK: &str = "10.244.0.0/24";
pub(crate) const SERVICE_NETWORK: &str = "10.96.0.0/16";
/// The first address of the Services' network is that of the Service `kubernetes`.
pub(crate) const SERVICE_ADDRESS: &str = "10.96.0.1";
pub(crate) const DNS_ADDRESS: &str = "10.96.0.10";
pub(crate) const PORT: u16 = 6443;
pub(crate) const URL: &str = "https://10.200.0.1:6443";
