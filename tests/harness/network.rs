//! The network between a controller and the API server, and the ways in which it fails.

pub mod cuttable_link;
pub mod fault_proxy;
pub mod namespace;
