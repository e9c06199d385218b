//! [`Pages`] and [`AtMost`]: a limit on the bytes of an answer. A list is read in pages of few bytes, whatever the size of its objects;
//! a request that carries [`AtMost`] fails where its answer is longer.
//!
//! kube's client reads an answer whole, holds it twice for a moment, and then decodes it. Its watches list in pages of 500 objects,
//! and etcd takes objects of 1.5 MB, so that one page could be 750 MB. Tenants may write such objects: Secrets, SealedSecrets,
//! and the metadata of both.
//!
//! Decided: a page is bounded by its bytes, and not by a smaller number of objects. 10,000 usual objects are listed with some twenty
//! requests; in pages of five, which is what large ones need, they would be 2,000. The API server has no such bound, so a page that
//! turns out too large is dropped, and requested again with fewer objects: the `limit` may be another in each request for the
//! same list.

use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kube::client::Body;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::BoxError;

/// The largest page, in bytes.
const LARGEST: usize = 8 << 20;

/// Number of objects of the first page, before any size is known.
const FIRST: u32 = 50;

/// A page that was too large is requested again with this many times fewer objects.
const FEWER: u32 = 8;

/// Number of pages that are read at the same time, for all watches. Together they take four times [`LARGEST`]. A page that is being decoded takes twice
/// [`LARGEST`] beside them.
const AT_ONCE: usize = 2;

/// A page that stalls keeps others waiting for no longer than this.
const STALLED: Duration = Duration::from_secs(30);

/// An extension of a request: the maximum length of its answer, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtMost(pub(crate) usize);

/// The answer is longer than [`AtMost`].
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {0} bytes")]
pub(crate) struct TooLong(pub(crate) usize);

/// Whether a request failed because its answer is longer than [`AtMost`].
pub(crate) fn is_too_long(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Service(error) if error.is::<TooLong>())
}

/// The lists that are being read, of all clients.
#[derive(Debug)]
pub(crate) struct Pages {
    /// The largest page, in bytes.
    largest: usize,
    reading: Semaphore,
    /// Number of objects of the next page, for each list.
    limits: Mutex<HashMap<String, u32>>,
}

impl Default for Pages {
    fn default() -> Self {
        Self::of(LARGEST)
    }
}

impl Pages {
    /// Pages of up to `largest` bytes.
    fn of(largest: usize) -> Self {
        Self { largest, reading: Semaphore::new(AT_ONCE), limits: Mutex::default() }
    }

    /// Reads a page, by one request or several that `send` sends.
    pub(crate) async fn list<F>(
        &self,
        page: &Page,
        send: impl Fn(Request<Body>) -> F,
    ) -> Result<Response<Body>, BoxError>
    where
        F: Future<Output = Result<Response<Body>, BoxError>>,
    {
        let known = self.limits.lock().get(&page.list).copied().filter(|_| !page.is_first);
        let mut limit = known.unwrap_or(FIRST).min(page.limit);
        loop {
            let answer = send(page.request(limit)?).await?;
            // Only now, when the answer has begun: a list that hangs keeps no other waiting.
            let _reading = self.reading.acquire().await?;
            // One object is read whatever its size.
            let most = if limit > 1 { self.largest } else { usize::MAX };
            if let Some((answer, size)) = timeout(STALLED, whole(answer, most)).await?? {
                if answer.status().is_success() {
                    self.limits.lock().insert(page.list.clone(), self.next_limit(limit, size));
                }
                return Ok(answer);
            }
            limit = (limit / FEWER).max(1);
        }
    }

    /// Number of objects of the page after one of `limit` objects that had `size` bytes. Objects differ, so the aim is half of the largest
    /// page; and large ones may begin where the last page ended, so it grows step by step.
    fn next_limit(&self, limit: u32, size: usize) -> u32 {
        let fitting = u64::from(limit) * (self.largest / 2) as u64 / size.max(1) as u64;
        u32::try_from(fitting).unwrap_or(u32::MAX).clamp(1, limit.saturating_mul(2))
    }
}

/// The response once it is complete, and its size; None if that is more than `most`, unless it is an error.
pub(crate) async fn whole(
    answer: Response<Body>,
    most: usize,
) -> Result<Option<(Response<Body>, usize)>, BoxError> {
    let most = if answer.status().is_success() { most } else { usize::MAX };
    let (parts, body) = answer.into_parts();
    match Limited::new(body, most).collect().await {
        Ok(body) => {
            let body = body.to_bytes();
            let size = body.len();
            Ok(Some((Response::from_parts(parts, Body::from(body)), size)))
        }
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A request for a page of a list.
#[derive(Debug)]
pub(crate) struct Page {
    /// What is listed: equal for all its pages.
    list: String,
    /// Number of objects that are requested.
    limit: u32,
    is_first: bool,
    /// The path, and the query without the limit.
    path: String,
    parts: Parts,
}

impl Page {
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let (path, query) = (parts.uri.path(), parts.uri.query()?);
        if parts.method != Method::GET {
            return None;
        }
        let (mut limit, mut is_first) = (None, true);
        let (mut list, mut rest) = (format!("{path}?"), format!("{path}?"));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("limit", number)) => limit = Some(number.parse().ok()?),
                Some(("continue", _)) => {
                    is_first = false;
                    rest = format!("{rest}{pair}&");
                }
                _ => {
                    list = format!("{list}{pair}&");
                    rest = format!("{rest}{pair}&");
                }
            }
        }
        Some(Self { list, limit: limit?, is_first, path: rest, parts: parts.clone() })
    }

    /// The request for `limit` objects.
    fn request(&self, limit: u32) -> Result<Request<Body>, http::Error> {
        let (mut parts, mut uri) = (self.parts.clone(), self.parts.uri.clone().into_parts());
        uri.path_and_query = Some(format!("{}limit={limit}", self.path).parse::<PathAndQuery>()?);
        parts.uri = Uri::from_parts(uri)?;
        Ok(Request::from_parts(parts, Body::empty()))
    }
}

#[cfg(test)]
mod tests;
