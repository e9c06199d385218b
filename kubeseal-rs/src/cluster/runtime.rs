//! `block_on` and `runtime`: run futures for requests over the network, on the calling thread.

use std::io;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// The longest time to connect, TLS handshake included.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time to wait for a response.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A runtime that runs futures on this thread.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Runs one future on this thread.
pub(crate) fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    Ok(runtime()?.block_on(future))
}
