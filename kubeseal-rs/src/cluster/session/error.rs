//! [`SessionError`]: why the client could not log in, and what to do about it.

use crate::cluster::error::ConnectionError;
use crate::controller::fault::Fault;
use crate::controller::right::Right;
use crate::error::Hint;
use std::sync::Arc;

/// Why the client could not log in.
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
        source: Fault,
    },
}

impl Hint for SessionError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Start(_) => "the system has to allow threads and sockets".into(),
            Self::Connection(error) => error.hint(),
            // Nothing was asked, so that no right can be missing.
            Self::Client { source, .. } => {
                source.hint(Right { verb: "get", resource: "services", namespace: None })
            }
        })
    }
}
