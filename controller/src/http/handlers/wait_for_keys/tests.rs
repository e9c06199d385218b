//! The response to a request that comes before the keys are read.

use super::*;
use crate::keys::store::ring::SharedRing;
use crate::keys::store::ring::tests::a_key;
use crate::metrics::Metrics;
use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Long enough for what must not happen, and for what must.
const A_MOMENT: Duration = Duration::from_millis(50);
const SOON: Duration = Duration::from_secs(30);

/// The status of a response, after at most this wait; 200 comes from the handler.
async fn answer(ring: &Arc<SharedRing>, shutdown: &CancellationToken, longest: Duration) -> StatusCode {
    let state = HttpState {
        ring: Arc::clone(ring),
        findings: Arc::default(),
        metrics: Arc::new(Metrics::new(true)),
        readiness: Arc::default(),
        ending: shutdown.clone(),
    };
    let awaited = KeysWait { state: Arc::new(state), longest };
    let handler = get(async || "keys").layer(from_fn_with_state(awaited, wait_for_keys));
    let router = Router::new().route("/", handler);
    router.oneshot(Request::new(Body::empty())).await.unwrap().status()
}

#[tokio::test]
async fn it_waits_for_the_first_key() {
    let (ring, shutdown) = (SharedRing::unread(), CancellationToken::new());
    let mut answer = std::pin::pin!(answer(&ring, &shutdown, Duration::MAX));
    assert!(timeout(A_MOMENT, &mut answer).await.is_err());
    ring.show([]);
    assert!(timeout(A_MOMENT, &mut answer).await.is_err(), "it is about to be made");
    ring.show([a_key()]);
    assert_eq!(timeout(SOON, answer).await, Ok(StatusCode::OK));
}

#[tokio::test]
async fn where_all_keys_are_gone_it_waits_for_none() {
    let (ring, shutdown) = (SharedRing::unread(), CancellationToken::new());
    ring.show([a_key()]);
    ring.show([]);
    assert_eq!(timeout(SOON, answer(&ring, &shutdown, Duration::MAX)).await, Ok(StatusCode::OK));
}

#[tokio::test]
async fn it_does_not_wait_for_ever() {
    let (ring, shutdown) = (SharedRing::unread(), CancellationToken::new());
    assert_eq!(answer(&ring, &shutdown, A_MOMENT).await, StatusCode::SERVICE_UNAVAILABLE);
    ring.show([]);
    assert_eq!(answer(&ring, &shutdown, A_MOMENT).await, StatusCode::OK, "it is known that there is none");
}

#[tokio::test]
async fn the_end_of_the_process_ends_the_wait() {
    let (ring, shutdown) = (SharedRing::unread(), CancellationToken::new());
    let mut answer = std::pin::pin!(answer(&ring, &shutdown, Duration::MAX));
    assert!(timeout(A_MOMENT, &mut answer).await.is_err());
    shutdown.cancel();
    assert_eq!(timeout(SOON, answer).await, Ok(StatusCode::SERVICE_UNAVAILABLE));
}
