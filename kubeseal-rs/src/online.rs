//! `block_on`: runs what needs the network. Nothing asynchronous exists before it is called.

use std::io;
use std::time::Duration;

/// For the connection, handshake included.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For each answer.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs a future on this thread.
pub(super) fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
