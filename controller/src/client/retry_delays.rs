//! [`RetryDelays`]: whether and when a request is sent again that the API server refused unread, with 429 or 503.
//!
//! Decided: the same request is sent again in its place, instead of an error that makes the caller begin anew: a SealedSecret would
//! be read, opened and written again, and its status would say so, which is more work for an API server that has too much. While
//! requests wait, fewer others begin: only so many SealedSecrets are reconciled at the same time.
//!
//! Decided: `Retry-After` is obeyed up to [`LONGEST`], more than the API server itself asks for, because a proxy in front of it may name ten
//! minutes and be back within seconds. Instead of kube's own retry, which waits for as long as an answer says, even before a watch.
//!
//! A 503 of a proxy may follow a request that was carried out. Sent again, it is refused for what it did already, or does the same again:
//! every write names a new object or the version that it replaces, or is a patch that sets the same value. A webhook may deny with these codes
//! too, and is asked again.

use crate::process::backoff::Backoff;
use http::header::RETRY_AFTER;
use http::{Response, StatusCode};
use rand::RngExt as _;
use std::time::Duration;

/// Further attempts after the first. What is refused that often is left to the caller, which backs off and reports why.
const RETRIES: u32 = 3;

/// Delays where the answer names none, or a shorter one: they grow while the API server refuses the same request.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), LONGEST);

/// The longest delay.
const LONGEST: Duration = Duration::from_secs(10);

/// The delays of one request.
#[derive(Debug, Default)]
pub(crate) struct RetryDelays {
    refusals: u32,
}

impl RetryDelays {
    /// The delay before the request is sent again; None if this is its answer.
    pub(crate) fn after<B>(&mut self, response: &Response<B>) -> Option<Duration> {
        let is_unread =
            [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&response.status());
        if !is_unread || self.refusals == RETRIES {
            return None;
        }
        let delay = BACKOFF.after(self.refusals).max(retry_after(response).min(LONGEST));
        self.refusals += 1;
        // Never earlier than it says, and not all at once.
        Some(delay.mul_f64(rand::rng().random_range(1.0..1.3)))
    }
}

/// The seconds of the header; none for a date, which the API server does not send.
fn retry_after<B>(response: &Response<B>) -> Duration {
    let value = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    Duration::from_secs(value.and_then(|value| value.trim().parse().ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: u16, retry_after: Option<&str>) -> Response<()> {
        let response = Response::builder().status(code);
        let response =
            retry_after.into_iter().fold(response, |response, it| response.header(RETRY_AFTER, it));
        response.body(()).unwrap()
    }

    /// The delays after refusals of one request, in milliseconds and without jitter, which is less than a third.
    fn delays(code: u16, retry_after: Option<&str>, expected: &[u64]) {
        let mut delays = RetryDelays::default();
        for least in expected {
            let delay = delays.after(&refusal(code, retry_after)).unwrap().as_millis();
            let least = u128::from(*least);
            assert!(
                (least..=least * 13 / 10).contains(&delay),
                "{code} {retry_after:?}: {delay} ms, not {least}"
            );
        }
        assert_eq!(delays.after(&refusal(code, retry_after)), None, "{code} {retry_after:?}");
    }

    #[test]
    fn a_refusal_is_waited_for_as_long_as_it_says_but_not_for_minutes() {
        delays(429, Some("1"), &[1_000, 1_000, 2_000]);
        delays(503, Some("5"), &[5_000, 5_000, 5_000]);
        delays(503, Some("600"), &[10_000, 10_000, 10_000]);
        for says_nothing in [None, Some(""), Some("soon"), Some("-1"), Some("0")] {
            delays(429, says_nothing, &[500, 1_000, 2_000]);
        }
        for read in [200, 404, 409, 500, 502, 504] {
            delays(read, Some("1"), &[]);
        }
    }
}
