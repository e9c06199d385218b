//! Connections: accepted, limited in number, size and time, and closed.

pub(crate) mod bind;
pub(crate) mod body_limit;
pub(crate) mod connection;
pub(crate) mod connection_close;
pub(crate) mod listener;
pub(crate) mod phase;
