//! An API server for tests.

use http::Response;
use http::request::Parts;
use kube::Client;
use kube::client::Body;
use std::future::pending;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::BoxError;

/// A client of which no request gets a response.
pub(crate) fn silent() -> Client {
    let service = tower::service_fn(|_: http::Request<Body>| pending::<Result<Response<Body>, BoxError>>());
    Client::new(service, "default")
}

/// A client of which each request gets the response that `answer` gives for it and the text of its body: a code and a text.
pub(crate) fn answering(answer: impl Fn(&Parts, &str) -> (u16, String) + Send + Sync + 'static) -> Client {
    let answer = Arc::new(answer);
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let answer = Arc::clone(&answer);
        async move {
            let (request, body) = request.into_parts();
            let body = body.collect_bytes().await?;
            let (code, text) = answer(&request, &String::from_utf8_lossy(&body));
            Ok::<_, BoxError>(Response::builder().status(code).body(Body::from(text.into_bytes()))?)
        }
    });
    Client::new(service, "default")
}

/// A client of which each request takes a permit of `gate` before it is sent by `client`.
pub(crate) fn held(client: Client, gate: Arc<Semaphore>) -> Client {
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let (client, gate) = (client.clone(), Arc::clone(&gate));
        async move {
            gate.acquire().await?.forget();
            Ok::<_, BoxError>(client.send(request).await?)
        }
    });
    Client::new(service, "default")
}
