//! [`Fault`]: what can go wrong with one request, and the answers that stand for it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::json;

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// An answer of this code and reason, and nothing done. With the seconds of a Retry-After, if any.
    Refuse(u16, &'static str, Option<u64>),
    /// The connection is reset, and nothing done.
    ResetBefore,
    /// It is done, and the connection is reset before the answer: whoever asked cannot know.
    ResetAfter,
    /// It is done, and the answer ends in the middle.
    Truncate,
    /// It is done this much later, whether or not anybody still waits for it.
    Late(Duration),
    /// A watch that begins well and ends at once.
    WatchEnds,
    /// A watch that says that the version asked for is too old to tell what happened since.
    WatchGone,
    /// A watch that says something that is no event.
    WatchGarbage,
}

/// Kubernetes' own words for a refusal.
pub(super) fn refusal(code: u16, reason: &str, retry_after: Option<u64>) -> Response<Full<Bytes>> {
    let mut response = answer(code, &status(code, reason).to_string());
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A watch of one line.
pub(super) fn gone() -> Response<Full<Bytes>> {
    let event = json!({ "type": "ERROR", "object": status(410, "Expired") });
    answer(200, &format!("{event}\n"))
}

/// Anything.
pub(super) fn answer(code: u16, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn status(code: u16, reason: &str) -> serde_json::Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": format!("the fault proxy says {reason}"), "reason": reason, "code": code,
    })
}
