//! Requests that the API server refused unread, with 429 or 503: there are too many, or it is not ready.
//!
//! Decided: such a request is sent again a few times and soon, before the fence, instead of by kube's own retry. kube waits for as long
//! as the `Retry-After` of an answer says, ten minutes if need be, and then sends a write that passed the fence before its term ended.
//! What lasts longer is returned to the caller, which backs off and logs why.

use http::StatusCode;
use std::time::Duration;

/// Time before each retry.
pub(crate) const RETRY_DELAYS: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(500), Duration::from_secs(1)];

/// Whether the API server refused the request without reading it.
pub(crate) fn is_throttled(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}
