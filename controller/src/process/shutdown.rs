//! [`Shutdown`]: when the work ends, and when the ports close.
//!
//! Kubernetes sends SIGTERM while it takes the pod out of its Services; each node and each proxy learns that a moment
//! later, and sends requests here until then. So SIGTERM ends the work, and starts the delay of
//! `--shutdown-delay-duration`, as in kube-apiserver.
//!
//! Decided: SIGINT has no delay, and a second signal ends the delay, because then a user at a terminal waits. Work that
//! has begun is finished in any case.

use futures::stream::{Stream, StreamExt as _, poll_fn, select};
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The two steps of a shutdown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown {
    /// Cancelled at SIGTERM or SIGINT, or by a task that cannot continue: the work ends, and `/readyz` fails.
    pub begun: CancellationToken,
    /// Cancelled once clients have had their time to leave.
    pub delay_over: CancellationToken,
}

impl Shutdown {
    /// Begins at SIGTERM or SIGINT; `delay` follows SIGTERM only.
    pub(crate) fn on_signal(delay: Duration) -> io::Result<Self> {
        let signals = |kind| -> io::Result<_> {
            let mut signals = signal(kind)?;
            Ok(poll_fn(move |cx| signals.poll_recv(cx)).map(move |()| kind))
        };
        let (terminate, interrupt) = (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
        let shutdown = Self::default();
        tokio::spawn(shutdown.clone().follow(select(terminate, interrupt), delay));
        Ok(shutdown)
    }

    async fn follow(self, signals: impl Stream<Item = SignalKind>, delay: Duration) {
        let mut signals = pin!(signals);
        let first = self.begun.run_until_cancelled(signals.next()).await.flatten();
        if let Some(signal) = first {
            let signal = if signal == SignalKind::terminate() { "SIGTERM" } else { "SIGINT" };
            tracing::info!(signal, "finishing the work in hand");
        }
        if first == Some(SignalKind::terminate()) && !delay.is_zero() {
            self.begun.cancel();
            // A second signal ends the delay.
            let _ = tokio::time::timeout(delay, signals.next()).await;
        }
        self.delay_over.cancel();
        // Without a delay, the work begins to end only now, so that its end finds the delay over.
        self.begun.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    /// Long enough for what must not happen, and for what must.
    const A_MOMENT: Duration = Duration::from_millis(50);
    const SOON: Duration = Duration::from_secs(30);

    /// A process that may be sent signals, with a delay that does not end by itself.
    fn process() -> (mpsc::UnboundedSender<SignalKind>, Shutdown) {
        let (sender, mut signals) = mpsc::unbounded_channel();
        let shutdown = Shutdown::default();
        tokio::spawn(shutdown.clone().follow(poll_fn(move |cx| signals.poll_recv(cx)), Duration::MAX));
        (sender, shutdown)
    }

    #[tokio::test]
    async fn sigterm_is_followed_by_the_delay() {
        let (sender, mut signals) = mpsc::unbounded_channel();
        let shutdown = Shutdown::default();
        let follower = shutdown.clone().follow(poll_fn(move |cx| signals.poll_recv(cx)), A_MOMENT);
        sender.send(SignalKind::terminate()).unwrap();
        let start = std::time::Instant::now();
        follower.await;
        assert!(shutdown.begun.is_cancelled() && shutdown.delay_over.is_cancelled());
        assert!(start.elapsed() >= A_MOMENT, "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn a_second_signal_ends_the_delay() {
        for second in [SignalKind::terminate(), SignalKind::interrupt()] {
            let (signals, shutdown) = process();
            signals.send(SignalKind::terminate()).unwrap();
            timeout(SOON, shutdown.begun.cancelled()).await.unwrap();
            assert!(timeout(A_MOMENT, shutdown.delay_over.cancelled()).await.is_err(), "the delay goes on");
            signals.send(second).unwrap();
            timeout(SOON, shutdown.delay_over.cancelled()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn sigint_has_no_delay() {
        let (signals, shutdown) = process();
        signals.send(SignalKind::interrupt()).unwrap();
        timeout(SOON, shutdown.delay_over.cancelled()).await.unwrap();
        assert!(shutdown.begun.is_cancelled());
    }

    #[tokio::test]
    async fn a_part_that_cannot_go_on_has_no_delay() {
        let (_signals, shutdown) = process();
        assert!(timeout(A_MOMENT, shutdown.delay_over.cancelled()).await.is_err(), "nothing has happened");
        shutdown.begun.cancel();
        timeout(SOON, shutdown.delay_over.cancelled()).await.unwrap();
    }
}
