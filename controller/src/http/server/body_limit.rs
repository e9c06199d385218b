//! [`BodyLimit`]: how many request bodies may arrive at the same time, and how long each may take.
//!
//! Where too many arrive, the one that began first is ended: an honest body is whole within milliseconds, and a client that sends
//! a header and then nothing keeps no other client out. Strangers' bodies are ended before those of clients with a known token, of which
//! strangers take at most half of the places.

use crate::http::authorization::authorizer::Authorizer;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

/// Maximum number of bodies that arrive, and of bodies that are whole. Each has up to [`LIMIT`] bytes, and twice that in the moment
/// when it becomes whole. The chart's memory limit has room for all of them.
const AT_ONCE: usize = 8;

/// Number of these bodies that strangers may have.
const MAX_STRANGERS: usize = AT_ONCE / 2;

/// The largest SealedSecret that etcd takes has 1.5 MiB.
const LIMIT: usize = 2 << 20;

/// How much of a body that is too large is read and dropped.
const MAX_DROPPED: usize = 64 << 20;

/// Maximum time for a body to arrive.
const LONGEST: Duration = Duration::from_secs(10);

/// All request bodies in this process.
#[derive(Debug)]
pub(crate) struct BodyLimit {
    /// Bodies that arrive: those of strangers, then those of clients with a known token, the oldest first.
    arriving: Mutex<(u64, BTreeMap<BodyNumber, CancellationToken>)>,
    /// Permits of bodies that are whole: a handler reads them, or waits to.
    whole: Semaphore,
    /// A stranger's body takes one of these, and then one of all.
    strangers: Semaphore,
}

/// Whether its client's token is known, and how many bodies came before.
type BodyNumber = (bool, u64);

impl Default for BodyLimit {
    fn default() -> Self {
        Self {
            arriving: Mutex::default(),
            whole: Semaphore::new(AT_ONCE),
            strangers: Semaphore::new(MAX_STRANGERS),
        }
    }
}

impl BodyLimit {
    fn arrives(&self, is_known: bool) -> ArrivingBody<'_> {
        let mut arriving = self.arriving.lock();
        let (next, there) = &mut *arriving;
        *next += 1;
        let number = (is_known, *next);
        let gives_way = CancellationToken::new();
        there.insert(number, gives_way.clone());
        // A stranger's own, if all others are of clients with a known token.
        if there.len() > AT_ONCE
            && let Some((_, first)) = there.pop_first()
        {
            first.cancel();
        }
        ArrivingBody { bodies: self, number, gives_way }
    }

    /// The permits of a whole body; None if there are too many.
    fn admit(&self, is_known: bool) -> Option<[Option<SemaphorePermit<'_>>; 2]> {
        let stranger = if is_known { None } else { Some(self.strangers.try_acquire().ok()?) };
        Some([stranger, Some(self.whole.try_acquire().ok()?)])
    }
}

/// A body that arrives.
struct ArrivingBody<'a> {
    bodies: &'a BodyLimit,
    number: BodyNumber,
    gives_way: CancellationToken,
}

impl ArrivingBody<'_> {
    /// Returns the body when it is whole, or the status code to answer with.
    async fn whole(self, body: Body) -> Result<Body, StatusCode> {
        let whole = tokio::time::timeout(LONGEST, read(body));
        match self.gives_way.run_until_cancelled(whole).await {
            None => Err(StatusCode::TOO_MANY_REQUESTS),
            Some(Err(_)) => Err(StatusCode::REQUEST_TIMEOUT),
            Some(Ok(read)) => read.map(Body::from),
        }
    }
}

/// Reads a body. The rest of one that is too large is read and dropped, within a bound: a client that is still writing when the connection
/// is closed reads no answer.
async fn read(mut body: Body) -> Result<Bytes, StatusCode> {
    match Limited::new(&mut body, LIMIT).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let mut rest = body.into_data_stream();
            let mut dropped = 0;
            while dropped < MAX_DROPPED
                && let Some(Ok(part)) = rest.next().await
            {
                dropped += part.len();
            }
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        // The client is gone, or breaks the protocol.
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

impl Drop for ArrivingBody<'_> {
    fn drop(&mut self) {
        self.bodies.arriving.lock().1.remove(&self.number);
    }
}

/// Passes a request on once its body is whole, or answers 429: behind others it would wait for long.
pub(crate) async fn read_body(
    State((bodies, authorizer)): State<(Arc<BodyLimit>, Arc<Authorizer>)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let is_known = authorizer.knows(&parts.headers);
    let body = match bodies.arrives(is_known).whole(body).await {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    match bodies.admit(is_known) {
        Some(_permits) => next.run(Request::from_parts(parts, body)).await,
        None => StatusCode::TOO_MANY_REQUESTS.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures::stream;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn silent() -> Body {
        let part = stream::iter([Ok::<_, Infallible>("{")]);
        Body::from_stream(part.chain(stream::pending()))
    }

    #[tokio::test]
    async fn a_silent_client_keeps_no_other_out() {
        let bodies = Arc::new(BodyLimit::default());
        let mut there = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let bodies = Arc::clone(&bodies);
            there.spawn(async move { bodies.arrives(false).whole(silent()).await.err() });
        }
        // All but those that are there give way.
        for _ in AT_ONCE..200 {
            assert_eq!(there.join_next().await.unwrap().unwrap(), Some(StatusCode::TOO_MANY_REQUESTS));
        }
        let honest = bodies.arrives(false).whole(Body::from("{}")).await;
        assert_eq!(to_bytes(honest.unwrap(), LIMIT).await.unwrap(), "{}");
        assert_eq!(there.join_next().await.unwrap().unwrap(), Some(StatusCode::TOO_MANY_REQUESTS));
        there.shutdown().await;
        assert!(bodies.arriving.lock().1.is_empty());
    }

    /// Strangers keep no client with a known token out, however many bodies they send, silent ones or whole ones.
    #[tokio::test]
    async fn strangers_take_no_place_of_known_clients() {
        let bodies = BodyLimit::default();
        let known: Vec<_> = (0..AT_ONCE).map(|_| bodies.arrives(true)).collect();
        let stranger = bodies.arrives(false);
        assert!(stranger.gives_way.is_cancelled());
        assert!(known.iter().all(|body| !body.gives_way.is_cancelled()));
        // Among themselves, the oldest gives way.
        let next = bodies.arrives(true);
        assert!(known[0].gives_way.is_cancelled() && !next.gives_way.is_cancelled());

        let strangers: Vec<_> = std::iter::from_fn(|| bodies.admit(false)).collect();
        assert_eq!(strangers.len(), MAX_STRANGERS);
        let held: Vec<_> = std::iter::from_fn(|| bodies.admit(true)).collect();
        assert_eq!(held.len(), AT_ONCE - MAX_STRANGERS);
    }

    #[tokio::test]
    async fn a_body_is_bounded() {
        let large = Body::from(vec![b' '; LIMIT + 1]);
        let refused = BodyLimit::default().arrives(false).whole(large).await.err();
        assert_eq!(refused, Some(StatusCode::PAYLOAD_TOO_LARGE));
    }

    /// The client has written it all when it is answered, unless it writes without end.
    #[tokio::test]
    async fn the_rest_of_a_large_body_is_read_within_a_bound() {
        const PART: usize = 1 << 20;
        for (parts, expected) in [(40, 40), (1000, (LIMIT + MAX_DROPPED) / PART + 1)] {
            let sent = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&sent);
            let part = move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
                Ok::<_, Infallible>(vec![b' '; PART])
            };
            let body = Body::from_stream(stream::iter(0..parts).map(part));
            assert_eq!(
                BodyLimit::default().arrives(false).whole(body).await.err(),
                Some(StatusCode::PAYLOAD_TOO_LARGE)
            );
            assert_eq!(sent.load(Ordering::Relaxed), expected);
        }
    }
}
