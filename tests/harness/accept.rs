//! [`accept_each`]: a server's loop over its connections, for every proxy and server of the tests.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinSet;

/// How long to wait after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(50);

/// What listens for connections.
pub trait Listener: Sync {
    /// A connection.
    type Stream: Send;

    /// The next connection.
    fn next(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> io::Result<TcpStream> {
        self.accept().await.map(|(stream, _)| stream)
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> io::Result<UnixStream> {
        self.accept().await.map(|(stream, _)| stream)
    }
}

/// Serves each connection beside the others, until it is dropped, which ends every connection. What `serve` returns is for its client to
/// see, and ignored.
///
/// An error ends nothing: a process without a free file descriptor has one again when a connection ends.
pub async fn accept_each<L: Listener, F>(listener: L, serve: impl Fn(L::Stream) -> F + Send)
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        match listener.next().await {
            Ok(stream) => {
                connections.spawn(serve(stream));
                while connections.try_join_next().is_some() {}
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Each second time, no file descriptor is free.
    struct OutOfDescriptors(AtomicUsize);

    impl Listener for OutOfDescriptors {
        type Stream = usize;

        async fn next(&self) -> io::Result<usize> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                number if number % 2 == 0 => Err(io::Error::from_raw_os_error(24)),
                number => Ok(number),
            }
        }
    }

    #[tokio::test]
    async fn an_error_ends_no_server() {
        let (sender, mut served) = tokio::sync::mpsc::unbounded_channel();
        let serve = move |number| {
            let sender = sender.clone();
            async move { sender.send(number) }
        };
        let server = tokio::spawn(accept_each(OutOfDescriptors(AtomicUsize::new(0)), serve));
        assert_eq!((served.recv().await, served.recv().await), (Some(1), Some(3)));
        server.abort();
    }
}
