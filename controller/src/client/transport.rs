//! [`Transport`]: the way of every request to the API server. In this order: the rate limit, the fence of the leader's term, the
//! time-out, the connection; and the same way again if the API server refused the request unread.
//!
//! Decided: all of them in the client and in this order, instead of a time-out at each caller. A request that waits for our own rate limit
//! has no answer to wait for yet: it must not count as an API server that does not answer, nor pass the fence before it is sent. A
//! caller cannot forget one of them, or put them in another order.
//!
//! A watch takes none of them: it lasts, has delays of its own after a failure, and writes nothing.

use crate::client::rate_limit::RateLimit;
use crate::client::response_limit::{AtMost, Page, Pages, TooLong, whole};
use crate::client::retry_delays::RetryDelays;
use crate::config::watch::ClientLimit;
use crate::leader_election::fence::Fence;
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower::{BoxError, service_fn};

/// The API server answers in milliseconds. A request that takes longer than this has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The error of a request that takes longer. It may have been carried out nevertheless.
#[derive(Debug, thiserror::Error)]
#[error("the API server did not answer in {} s", .0.as_secs())]
pub(crate) struct NoAnswer(Duration);

/// The way to the API server, for all clients of this process.
#[derive(Clone)]
pub(crate) struct Transport(Arc<Inner>);

struct Inner {
    /// The connections, without rate limit, fence and time-out.
    client: Client,
    limit: Option<RateLimit>,
    pages: Pages,
    timeout: Duration,
}

/// How much of an answer belongs to the request.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// All of it, with a maximum length in bytes.
    Whole(usize),
    /// Its first line and headers.
    Headers,
}

impl Transport {
    pub(crate) fn new(client: Client, limit: Option<ClientLimit>) -> Self {
        Self::with_pages(client, limit, Pages::default())
    }

    pub(crate) fn with_pages(client: Client, limit: Option<ClientLimit>, pages: Pages) -> Self {
        Self(Arc::new(Inner { client, limit: limit.map(RateLimit::new), pages, timeout: TIMEOUT }))
    }

    /// A client whose writes pass `fence`.
    pub(crate) fn client(&self, fence: Fence) -> Client {
        let inner = Arc::clone(&self.0);
        let namespace = inner.client.default_namespace().to_owned();
        let service = service_fn(move |request| {
            let (inner, fence) = (Arc::clone(&inner), fence.clone());
            async move { inner.send(request, &fence).await }
        });
        Client::new(service, namespace)
    }
}

impl Inner {
    async fn send(&self, request: Request<Body>, fence: &Fence) -> Result<Response<Body>, BoxError> {
        if is_watch(&request) {
            return Ok(self.client.send(request).await?);
        }
        let (parts, body) = request.into_parts();
        if let Some(page) = Page::of(&parts) {
            // The API server may take longer for a list than for anything else, and pages are read by turns.
            return self
                .pages
                .list(&page, |request| self.send_until_read(request, Answer::Headers, fence))
                .await;
        }
        let most = parts.extensions.get().map_or(usize::MAX, |AtMost(most)| *most);
        self.send_until_read(Request::from_parts(parts, body), Answer::Whole(most), fence).await
    }

    /// Sends a request, and again if it was refused unread.
    async fn send_until_read(
        &self,
        request: Request<Body>,
        answer: Answer,
        fence: &Fence,
    ) -> Result<Response<Body>, BoxError> {
        let (parts, body) = request.into_parts();
        let mut delays = RetryDelays::default();
        // None for a body that cannot be read twice.
        while let Some(copy) = body.try_clone() {
            let response = self.send_once(Request::from_parts(parts.clone(), copy), answer, fence).await?;
            let Some(delay) = delays.after(&response) else { return Ok(response) };
            tokio::time::sleep(delay).await;
        }
        self.send_once(Request::from_parts(parts, body), answer, fence).await
    }

    async fn send_once(
        &self,
        request: Request<Body>,
        answer: Answer,
        fence: &Fence,
    ) -> Result<Response<Body>, BoxError> {
        if let Some(limit) = &self.limit {
            limit.wait().await;
        }
        let Answer::Whole(most) = answer else { return fence.send(&self.client, request).await };
        let read = async {
            let response = fence.send(&self.client, request).await?;
            Ok(whole(response, most).await?.ok_or(TooLong(most))?.0)
        };
        timeout(self.timeout, read).await.unwrap_or_else(|_| Err(NoAnswer(self.timeout).into()))
    }
}

fn is_watch<B>(request: &Request<B>) -> bool {
    request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair == "watch=true"))
}

#[cfg(test)]
mod tests;
