//! [`API_TIMEOUT`]: how long one request to the API server may take.

use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// The API server answers in milliseconds. A request that takes longer than this has failed.
pub(crate) const API_TIMEOUT: Duration = Duration::from_secs(30);

/// The error of a request that takes longer. The request may have been carried out nevertheless.
#[derive(Debug, thiserror::Error)]
#[error("the API server did not answer in {} s", .0.as_secs())]
pub(crate) struct NoAnswer(Duration);

/// A request that fails after [`API_TIMEOUT`].
pub(crate) fn with_api_timeout<T>(
    request: impl Future<Output = kube::Result<T>>,
) -> impl Future<Output = kube::Result<T>> {
    with_timeout(API_TIMEOUT, request)
}

/// Requests that fail if they take longer than `longest` together.
pub(crate) async fn with_timeout<T>(
    longest: Duration,
    requests: impl Future<Output = kube::Result<T>>,
) -> kube::Result<T> {
    timeout(longest, requests).await.unwrap_or_else(|_| Err(kube::Error::Service(NoAnswer(longest).into())))
}
