//! The client of the API server: which cluster, how much of an answer it holds, and how watches are kept up.

pub(crate) mod api_timeout;
pub(crate) mod cluster;
pub(crate) mod key_connections;
pub(crate) mod listed;
pub(crate) mod response_limit;
#[cfg(test)]
pub(crate) mod test_server;
pub(crate) mod watch;
