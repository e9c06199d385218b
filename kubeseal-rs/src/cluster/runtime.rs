//! `block_on` and `runtime`: what runs whatever needs the network. Nothing asynchronous exists before they are called.

use std::io;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// For the connection, handshake included.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For each answer.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Something to run futures on, on this thread.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Runs one future on this thread.
pub(crate) fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    Ok(runtime()?.block_on(future))
}
