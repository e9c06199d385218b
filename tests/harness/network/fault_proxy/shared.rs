//! What the connections of a fault proxy share, and the handle by which a connection is reset.

use std::collections::HashMap;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use kube::Client;
use tokio::net::TcpStream;
use tokio::sync::{RwLock, watch};

use crate::network::fault_proxy::rule::FaultRules;

/// Shared by all connections.
pub(crate) struct Shared {
    /// Without credentials: the caller's are passed on.
    pub(crate) server: Client,
    pub(crate) rules: Mutex<FaultRules>,
    /// Changed to end every watch that is under way.
    pub(crate) cuts: watch::Sender<u64>,
    /// Number of requests, without watches.
    pub(crate) requests: AtomicU64,
    /// Requests that the API server has carried out, by verb and resource.
    pub(crate) done: Mutex<HashMap<String, u64>>,
    /// Shared by each request until it is in `done`: another client can see what it wrote before its response is here.
    pub(crate) uncounted: RwLock<()>,
}

/// Makes the close of a connection a reset.
pub(crate) struct Reset(OwnedFd);

impl Reset {
    pub(crate) fn of(stream: &TcpStream) -> Result<Self> {
        Ok(Self(stream.as_fd().try_clone_to_owned()?))
    }

    pub(crate) fn at_close(&self) -> Result<()> {
        Ok(rustix::net::sockopt::set_socket_linger(&self.0, Some(std::time::Duration::ZERO))?)
    }
}

/// A panic elsewhere leaves the locked value consistent: each change is one statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
