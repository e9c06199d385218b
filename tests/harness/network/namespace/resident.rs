//! [`Resident`]: a thread in a network namespace, which makes sockets there for other threads.

use std::io;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread;

type Work = Box<dyn FnOnce() + Send>;

/// A thread that runs closures. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Resident(Sender<Work>);

impl Resident {
    /// Moves a new thread into the namespace at `path`.
    pub(crate) fn settle(path: &Path) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let (sender, work) = mpsc::channel::<Work>();
        let (settled, answer) = mpsc::sync_channel(1);
        thread::Builder::new().name("resident".into()).spawn(move || {
            // The receiver is gone only if the harness is ending.
            let _ = settled.send(move_in(&file));
            for work in work {
                work();
            }
        })?;
        answer.recv().map_err(|_| gone())??;
        Ok(Self(sender))
    }

    /// Runs `work` on the thread, and waits for it.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (done, answer) = mpsc::sync_channel(1);
        let work = Box::new(move || {
            let _ = done.send(work());
        });
        self.0.send(work).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

fn gone() -> io::Error {
    io::Error::other("the thread in the network namespace is gone")
}

#[cfg(target_os = "linux")]
fn move_in(namespace: &std::fs::File) -> io::Result<()> {
    use std::os::fd::AsFd as _;

    use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
    Ok(move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?)
}

#[cfg(not(target_os = "linux"))]
fn move_in(_: &std::fs::File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
