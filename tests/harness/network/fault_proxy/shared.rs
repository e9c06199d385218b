//! What the connections of a fault proxy share, and the handle by which one of them is reset.

use std::collections::HashMap;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use kube::Client;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::network::fault_proxy::rule::Rules;

/// What every connection uses.
pub(crate) struct Shared {
    /// Without credentials of its own: those of the caller are passed on.
    pub(crate) server: Client,
    pub(crate) rules: Mutex<Rules>,
    /// Changed to end every watch that is under way.
    pub(crate) cuts: watch::Sender<u64>,
    /// Requests that the API server has carried out, by verb and resource.
    pub(crate) done: Mutex<HashMap<String, u64>>,
}

/// A handle on a connection by which its close becomes a reset.
pub(crate) struct Reset(OwnedFd);

impl Reset {
    pub(crate) fn of(stream: &TcpStream) -> Result<Self> {
        Ok(Self(stream.as_fd().try_clone_to_owned()?))
    }

    pub(crate) fn at_close(&self) -> Result<()> {
        Ok(rustix::net::sockopt::set_socket_linger(&self.0, Some(std::time::Duration::ZERO))?)
    }
}

/// A panic elsewhere leaves what is locked whole: each change is one statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
