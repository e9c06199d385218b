//! [`Fault`]: what can happen to one request, and the responses that stand for it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use k8s_openapi::jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// A response with this code and reason; nothing is done. With the seconds of a Retry-After, if any.
    Refuse(u16, &'static str, Option<u64>),
    /// The connection is reset; nothing is done.
    ResetBefore,
    /// The request is carried out, and the connection is reset before the response: the client cannot know.
    ResetAfter,
    /// The request is carried out, and the response ends in the middle.
    Truncate,
    /// The request is carried out this much later, whether or not the client still waits.
    Late(Duration),
    /// The request is carried out at once, and the response comes this much later: a client that is killed meanwhile
    /// never knows.
    LateAnswer(Duration),
    /// The request is carried out, and the response's `Date` is this many seconds ahead, or behind.
    Dated(i64),
    /// A watch that begins normally and ends at once.
    WatchEnds,
    /// A watch whose response says that the requested version is too old.
    WatchGone,
    /// A watch that begins normally, and then neither sends anything nor ends, as on a connection that was lost without
    /// an error.
    WatchSilent,
    /// A watch that sends text which is no event.
    WatchGarbage,
}

/// A Status of Kubernetes that refuses.
pub(crate) fn refusal(code: u16, reason: &str, retry_after: Option<u64>) -> Response<Full<Bytes>> {
    let mut response = answer(code, &status(code, reason).to_string());
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A watch of one line, which says that the version is gone.
pub(crate) fn gone() -> Response<Full<Bytes>> {
    let event = json!({ "type": "ERROR", "object": status(410, "Expired") });
    answer(200, &format!("{event}\n"))
}

/// The header `Date`, this many seconds later; None if it is no date.
pub(crate) fn later(date: &HeaderValue, seconds: i64) -> Option<HeaderValue> {
    let date: Timestamp = DateTimeParser::new().parse_timestamp(date.as_bytes()).ok()?;
    let date = date.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    HeaderValue::try_from(DateTimePrinter::new().timestamp_to_rfc9110_string(&date).ok()?).ok()
}

/// A response with this code and text.
pub(crate) fn answer(code: u16, text: &str) -> Response<Full<Bytes>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_moved_forwards_and_back() {
        let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        for (seconds, expected) in [
            (3_600, Some("Sun, 06 Nov 1994 09:49:37 GMT")),
            (-365 * 86_400, Some("Sat, 06 Nov 1993 08:49:37 GMT")),
            (i64::MAX, None),
        ] {
            assert_eq!(later(&date, seconds), expected.map(HeaderValue::from_static), "{seconds}");
        }
        assert_eq!(later(&HeaderValue::from_static("soon"), 1), None);
    }
}
