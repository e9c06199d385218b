//! [`Fence`]: until when a term's writes may be handed to the connection, and the sending of requests that obeys it.
//!
//! Decided: in the client, before each request and again whenever its future is polled, instead of a flag that the work
//! checks: a process that was paused continues at any instruction, and no check covers all of them.
//!
//! A write also carries `timeout=`, the time that was left when it was handed over, so that the API server gives it up itself,
//! however long admission or etcd takes. Reads are never fenced.

use crate::process::boot_clock::Moment;
use crate::process::error_chain::causes;
use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri};
use kube::Client;
use kube::client::Body;
use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;
use tower::BoxError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteRefused {
    /// The term was over before the request was sent, or before its response came.
    #[error("this replica does not lead any more")]
    TermOver,
    /// The response did not come while the term certainly lasted.
    #[error("the API server did not answer while this replica certainly led")]
    NoAnswer,
}

impl WriteRefused {
    /// Whether a write failed because the term is over. That is nothing to log, count or report: what is left to do is the next
    /// leader's.
    pub(crate) fn is_term_over(error: &(dyn Error + 'static)) -> bool {
        causes(error).any(|cause| cause.downcast_ref() == Some(&Self::TermOver))
    }
}

/// No write passes.
const CLOSED: u64 = 0;

/// Every write passes, because there is no election.
const UNBOUNDED: u64 = u64::MAX;

/// The end of one term's writes, shared by all writers. Once it has passed it never comes back: another term has
/// another fence.
#[derive(Debug, Clone)]
pub(crate) struct Fence(Arc<AtomicU64>);

/// How long a write that begins now may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteWindow {
    Unbounded,
    Until(Moment),
}

impl Fence {
    /// Writes may be handed over until `end`.
    pub(crate) fn until(end: Moment) -> Self {
        Self(Arc::new(AtomicU64::new(end.nanos())))
    }

    /// Writes may always be handed over.
    pub(crate) fn unbounded() -> Self {
        Self(Arc::new(AtomicU64::new(UNBOUNDED)))
    }

    /// The term was renewed in time: writes may be handed over until `end`. False if the term is over already; it is
    /// then over for good.
    pub(crate) fn extend(&self, end: Moment, now: Moment) -> bool {
        let extended = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |until| {
            (until > now.nanos()).then(|| until.max(end.nanos()))
        });
        extended.is_ok()
    }

    /// Ends the term.
    pub(crate) fn close(&self) {
        self.0.store(CLOSED, Ordering::SeqCst);
    }

    /// Sends a read always, and a write while the term lasts. To be called when the request may be sent at once.
    pub(crate) async fn send(
        &self,
        client: &Client,
        request: Request<Body>,
    ) -> Result<Response<Body>, BoxError> {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(client.send(request).await?);
        }
        self.write(client, request).await
    }

    /// None if the term is over. It is then over for good, even if this process was paused between a look at the clock and
    /// [`extend`](Self::extend): a write that was given up is not tried again in this term.
    pub(crate) fn write_window(&self, now: Moment) -> Option<WriteWindow> {
        let ended = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |until| {
            (until <= now.nanos()).then_some(CLOSED)
        });
        match ended {
            Ok(_) => None,
            Err(UNBOUNDED) => Some(WriteWindow::Unbounded),
            Err(until) => Some(WriteWindow::Until(Moment::at(Duration::from_nanos(until)))),
        }
    }

    async fn write(&self, client: &Client, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let start = Moment::now();
        let end = match self.write_window(start).ok_or(WriteRefused::TermOver)? {
            WriteWindow::Unbounded => return Ok(client.send(request).await?),
            WriteWindow::Until(end) => end,
        };
        let left = start.until(end);
        let mut sending = pin!(client.send(within(request, left)));
        let mut overdue = pin!(tokio::time::sleep(left));
        poll_fn(|context| {
            let now = Moment::now();
            // First of all: a process that was paused here may find the term over.
            if self.write_window(now).is_none() {
                return Poll::Ready(Err(WriteRefused::TermOver.into()));
            }
            if now >= end || overdue.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(WriteRefused::NoAnswer.into()));
            }
            sending.as_mut().poll(context).map_err(Into::into)
        })
        .await
    }
}

/// Adds `timeout=`, so that the API server gives the request up after `left`.
fn within(mut request: Request<Body>, left: Duration) -> Request<Body> {
    let uri = request.uri();
    let query = uri.query().unwrap_or_default().trim_end_matches('&');
    let separator = if query.is_empty() { "" } else { "&" };
    let path = format!("{}?{query}{separator}timeout={}ms", uri.path(), left.as_millis().max(1));
    let mut parts = uri.clone().into_parts();
    // A path with a query is still one after this change.
    if let Ok(path) = path.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests;
