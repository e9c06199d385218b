//! The client of the API server: which cluster, how many bytes of a response it holds, and how watches are restarted. To change every
//! request, wrap the client in `cluster`; to change every watch, see `watch`.

pub(crate) mod api_timeout;
pub(crate) mod cluster;
pub(crate) mod key_connections;
pub(crate) mod listed;
pub(crate) mod response_limit;
#[cfg(test)]
pub(crate) mod test_server;
pub(crate) mod watch;
