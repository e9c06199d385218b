//! A small HTTPS client for providers: one request, one response of bounded size and time, and nothing contacted but what the caller names.
//!
//! It keeps no connection: calls are rare, and after a restart of the service there is none that is dead. It knows no proxy.

pub(crate) mod client;
pub(crate) mod endpoint;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod trust;

#[cfg(test)]
pub(crate) mod test_server;
