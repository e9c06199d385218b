//! [`Connections`]: accepts connections, no more at a time than there is room for.
//!
//! Where the room is full, a new connection takes the place of the one that waits longest: a client that holds connections
//! open keeps no other client out, least of all the kubelet's probes.

use crate::http::server::connection::Connection;
use crate::http::server::pace::{Pace, Timeouts};
use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a connection that is cut has to go before the next one is.
const GOING: Duration = Duration::from_secs(1);

/// A listener whose connections keep to [`Timeouts`].
pub(crate) struct Connections {
    listener: TcpListener,
    timeouts: Timeouts,
    room: Arc<Semaphore>,
    open: Vec<Weak<Pace>>,
}

impl Connections {
    /// Room for so many at the same time.
    pub(crate) fn new(listener: TcpListener, timeouts: Timeouts, room: usize) -> Self {
        Self { listener, timeouts, room: Arc::new(Semaphore::new(room)), open: Vec::new() }
    }

    async fn permit(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() {
                return permit;
            }
            self.cut_one();
            let free = Arc::clone(&self.room).acquire_owned();
            if let Ok(Ok(permit)) = tokio::time::timeout(GOING, free).await {
                return permit;
            }
        }
    }

    fn cut_one(&self) {
        let open = self.open.iter().filter_map(Weak::upgrade).filter(|pace| !pace.is_cut());
        if let Some(pace) = open.min_by_key(|pace| pace.worth()) {
            pace.cut();
        }
    }
}

impl Listener for Connections {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Axum's, which waits a while where there are no more files to be had.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let permit = self.permit().await;
        let pace = Arc::new(Pace::new(self.timeouts));
        self.open.retain(|pace| pace.strong_count() > 0);
        self.open.push(Arc::downgrade(&pace));
        (Connection::new(stream, pace, permit), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
