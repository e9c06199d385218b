//! The one thread that starts every process.
//!
//! Decided: one thread that lives as long as the harness, because Linux sends the parent-death signal when the *thread*
//! that started the child ends, and the threads that run tests end with their test.

use std::io;
use std::sync::LazyLock;
use std::sync::mpsc::{self, Sender};
use std::thread;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;

type Work = Box<dyn FnOnce() + Send>;

static SPAWNER: LazyLock<io::Result<Sender<Work>>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel::<Work>();
    thread::Builder::new()
        .name("spawner".into())
        .spawn(move || receiver.into_iter().for_each(|work| work()))?;
    Ok(sender)
});

/// Starts `command` on the spawner thread. Must be called within a tokio runtime, which then watches the child.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    let gone = || io::Error::other("the thread that starts processes is gone");
    let runtime = Handle::try_current().map_err(io::Error::other)?;
    let (answer, answered) = mpsc::sync_channel(1);
    let work = move || {
        let _inside = runtime.enter();
        // The receiver is gone only if the caller is; then the child is dropped here, and so killed.
        let _ = answer.send(command.spawn());
    };
    let spawner = SPAWNER.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    spawner.send(Box::new(work)).map_err(|_| gone())?;
    // Starting a process takes a millisecond: short enough to block a worker thread.
    answered.recv().map_err(|_| gone())?
}
