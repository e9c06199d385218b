//! [`PhaseTimer`]: which phase a connection is in, and when that phase times out.

use crate::config::http::ClientTimeouts;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The phases of a connection, in the order of eviction: least is lost with the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The header of its next request has not arrived.
    Awaiting,
    /// The client reads the answer to its last request.
    Answering,
    /// A handler works on its request; handlers have time-outs of their own.
    Working,
}

/// The phase of one connection. Its bytes and its requests both change it.
#[derive(Debug)]
pub(crate) struct PhaseTimer {
    timeouts: ClientTimeouts,
    current: Mutex<(Phase, Instant)>,
    evicted: CancellationToken,
}

impl PhaseTimer {
    pub(crate) fn new(timeouts: ClientTimeouts) -> Self {
        let current = Mutex::new((Phase::Awaiting, Instant::now()));
        Self { timeouts, current, evicted: CancellationToken::new() }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        *self.current.lock() = (phase, Instant::now());
    }

    /// The whole response is sent: the next request may come.
    pub(crate) fn answer_sent(&self) {
        if self.current.lock().0 == Phase::Answering {
            self.enter(Phase::Awaiting);
        }
    }

    /// When the current phase times out; None while a handler works.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let (phase, since) = *self.current.lock();
        match phase {
            Phase::Awaiting => since.checked_add(self.timeouts.read),
            Phase::Answering => since.checked_add(self.timeouts.write),
            Phase::Working => None,
        }
    }

    /// Of two connections, the lesser one is evicted first.
    pub(crate) fn eviction_order(&self) -> impl Ord + use<> {
        *self.current.lock()
    }

    pub(crate) fn evict(&self) {
        self.evicted.cancel();
    }

    pub(crate) fn is_evicted(&self) -> bool {
        self.evicted.is_cancelled()
    }

    pub(crate) fn eviction(&self) -> CancellationToken {
        self.evicted.clone()
    }
}
