//! The client of the API server: which cluster, the way of a request, how many bytes of a response it holds, and how watches are restarted.
//! To change every request, see `transport`; to change every watch, see `watch`.

pub(crate) mod cluster;
pub(crate) mod key_connections;
pub(crate) mod listed;
pub(crate) mod rate_limit;
pub(crate) mod response_limit;
pub(crate) mod retry_delays;
#[cfg(test)]
pub(crate) mod test_server;
pub(crate) mod transport;
pub(crate) mod watch;
