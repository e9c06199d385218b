//! [`LimitedListener`]: accepts connections, up to a maximum number.
//!
//! At the maximum, a new connection takes the place of the one that has been idle longest: a client that holds connections
//! open keeps no other client out, least of all the kubelet's probes.

use crate::config::http::ClientTimeouts;
use crate::http::server::connection::Connection;
use crate::http::server::phase::{Phase, PhaseTimer};
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long an evicted connection has to end before the next one is evicted.
const EVICTION_TIMEOUT: Duration = Duration::from_secs(1);

/// A listener whose connections obey [`ClientTimeouts`].
pub(crate) struct LimitedListener {
    listener: TcpListener,
    timeouts: ClientTimeouts,
    permits: Arc<Semaphore>,
    open: Vec<Weak<PhaseTimer>>,
}

impl LimitedListener {
    /// A listener with at most `max_connections` open connections.
    pub(crate) fn new(listener: TcpListener, timeouts: ClientTimeouts, max_connections: usize) -> Self {
        Self { listener, timeouts, permits: Arc::new(Semaphore::new(max_connections)), open: Vec::new() }
    }

    async fn permit(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                return permit;
            }
            self.evict_one();
            let free = Arc::clone(&self.permits).acquire_owned();
            if let Ok(Ok(permit)) = tokio::time::timeout(EVICTION_TIMEOUT, free).await {
                return permit;
            }
        }
    }

    fn evict_one(&self) {
        let open = self.open.iter().filter_map(Weak::upgrade).filter(|phase| !phase.is_evicted());
        if let Some(phase) = open.min_by_key(|phase| phase.eviction_order()) {
            phase.evict();
        }
    }
}

impl Listener for LimitedListener {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Axum's `accept` waits a while if the process has no more file descriptors.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let permit = self.permit().await;
        let phase = Arc::new(PhaseTimer::new(self.timeouts));
        self.open.retain(|phase| phase.strong_count() > 0);
        self.open.push(Arc::downgrade(&phase));
        (Connection::new(stream, phase, permit), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// The phase of a request's connection.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionInfo(Arc<PhaseTimer>);

impl Connected<IncomingStream<'_, LimitedListener>> for ConnectionInfo {
    fn connect_info(stream: IncomingStream<'_, LimitedListener>) -> Self {
        Self(Arc::clone(Connection::phase(stream.io())))
    }
}

/// Middleware: the connection is in the phase `Working` from the whole request to the response.
pub(crate) async fn track_phase(
    ConnectInfo(ConnectionInfo(phase)): ConnectInfo<ConnectionInfo>,
    request: Request,
    next: Next,
) -> Response {
    phase.enter(Phase::Working);
    let answer = next.run(request).await;
    phase.enter(Phase::Answering);
    answer
}
