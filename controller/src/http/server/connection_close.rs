//! `Connection: close`, once the process received SIGTERM: a client that keeps its connection open learns with the next
//! response to connect elsewhere, and sends no request at the moment in which the connection is closed.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::sync::CancellationToken;

/// Adds the header to each response once `ending` is cancelled; hyper then closes the connection after the response.
pub(crate) async fn close_when_ending(
    State(ending): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = next.run(request).await;
    if ending.is_cancelled() {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn only_a_terminating_process_closes_connections() {
        let ending = CancellationToken::new();
        let router = Router::new().route("/", get(async || "ok"));
        let router = router.layer(from_fn_with_state(ending.clone(), close_when_ending));
        let connection = async || {
            let answer = router.clone().oneshot(Request::new(Body::empty())).await.unwrap();
            answer.headers().get(CONNECTION).cloned()
        };
        assert_eq!(connection().await, None);
        ending.cancel();
        assert_eq!(connection().await, Some(HeaderValue::from_static("close")));
    }
}
