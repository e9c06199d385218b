//! [`Pace`]: what a connection is doing, and how long it may go on doing it.

use crate::http::server::connection::Connection;
use crate::http::server::listener::Connections;
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::IncomingStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the other side may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a request to arrive, from the end of the answer before it.
    pub read: Duration,
    /// For an answer to be taken.
    pub write: Duration,
}

/// What a connection is doing; the earlier, the less is lost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Its next request is not whole, up to the end of its header.
    Awaiting,
    /// The answer to its last request is on its way.
    Answering,
    /// Its request is at work, which has bounds of its own.
    Working,
}

/// The pace of one connection, told by both its ends: the bytes and the requests.
#[derive(Debug)]
pub(crate) struct Pace {
    timeouts: Timeouts,
    now: Mutex<(Phase, Instant)>,
    cut: CancellationToken,
}

impl Pace {
    pub(crate) fn new(timeouts: Timeouts) -> Self {
        let now = Mutex::new((Phase::Awaiting, Instant::now()));
        Self { timeouts, now, cut: CancellationToken::new() }
    }

    fn now(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        *self.now() = (phase, Instant::now());
    }

    /// All that was to be sent is sent.
    pub(crate) fn sent(&self) {
        if self.now().0 == Phase::Answering {
            self.enter(Phase::Awaiting);
        }
    }

    /// Until when the other side may keep us waiting.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let (phase, since) = *self.now();
        match phase {
            Phase::Awaiting => since.checked_add(self.timeouts.read),
            Phase::Answering => since.checked_add(self.timeouts.write),
            Phase::Working => None,
        }
    }

    /// Of two connections, the lesser is the one to let go.
    pub(crate) fn worth(&self) -> impl Ord + use<> {
        *self.now()
    }

    /// Ends the connection.
    pub(crate) fn cut(&self) {
        self.cut.cancel();
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.cut.is_cancelled()
    }

    pub(crate) fn token(&self) -> CancellationToken {
        self.cut.clone()
    }
}

/// How a request finds the pace of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Paced(Arc<Pace>);

impl Connected<IncomingStream<'_, Connections>> for Paced {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        Self(Arc::clone(Connection::pace(stream.io())))
    }
}

/// Tells the connection when a request is whole and when it is answered.
pub(crate) async fn keep_pace(
    ConnectInfo(Paced(pace)): ConnectInfo<Paced>,
    request: Request,
    next: Next,
) -> Response {
    pace.enter(Phase::Working);
    let answer = next.run(request).await;
    pace.enter(Phase::Answering);
    answer
}
