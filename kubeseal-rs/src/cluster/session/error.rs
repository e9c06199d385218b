//! [`SessionError`]: why there is no client of the API server, and what to do about it.

use crate::cluster::error::ConnectionError;
use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::error::Hint;
use std::sync::Arc;

/// Why there is no client of the API server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("cannot start the network client")]
    Start(#[source] std::io::Error),
    #[error("{}", .0.step())]
    Connection(#[source] Arc<ConnectionError>),
    #[error("cannot prepare a connection to {server}")]
    Client {
        server: String,
        #[source]
        source: RequestError,
    },
}

impl Hint for SessionError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Start(_) => "the system has to allow threads and sockets".into(),
            Self::Connection(error) => error.hint(),
            // No request was sent, so that no permission is missing.
            Self::Client { source, .. } => {
                source.hint(Permission { verb: "get", resource: "services", namespace: None })
            }
        })
    }
}
