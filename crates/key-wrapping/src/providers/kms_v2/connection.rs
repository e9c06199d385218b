//! [`connect`]: a connection to a plugin, for one call.
//!
//! Decided: a new connection for each call, instead of one that is kept as tonic's channel does. Calls are rare, the socket is on the same
//! machine, and a plugin that restarts makes its socket anew: so there is no dead connection to find out about. Tonic's channel would bring
//! load balancing, queues and name resolution too.

use super::api::key_management_service_client::KeyManagementServiceClient;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::path::Path;
use std::task::{Context, Poll};
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tonic::body::Body;
use tower_service::Service;

/// The longest answer, in bytes.
const LONGEST_ANSWER: usize = 65_536;

/// HTTP/2 over the socket. It is closed when this is dropped, also while a call waits.
#[derive(Debug)]
pub(super) struct Connection {
    requests: SendRequest<Body>,
    /// Drives the connection.
    _driver: JoinSet<()>,
}

/// A client with a connection of its own.
pub(super) async fn connect(socket: &Path) -> Result<KeyManagementServiceClient<Connection>, ProviderError> {
    let unavailable = |message| ProviderError::new(ProviderErrorKind::Unavailable, message);
    let stream = UnixStream::connect(socket)
        .await
        .map_err(|error| unavailable("cannot connect to its socket").caused_by(error))?;
    let (requests, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .map_err(|error| unavailable("the connection to its socket failed").caused_by(error))?;
    let mut driver = JoinSet::new();
    // How it ended, the call says.
    driver.spawn(async { _ = connection.await });
    // The authority that the API server sends.
    let client = KeyManagementServiceClient::with_origin(
        Connection { requests, _driver: driver },
        Uri::from_static("http://localhost"),
    );
    Ok(client.max_decoding_message_size(LONGEST_ANSWER))
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.requests.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.requests.send_request(request))
    }
}
