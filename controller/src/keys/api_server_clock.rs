//! [`ApiServerClock`]: the time by the API server's clock, which dates Secrets and is the same for all replicas. The age of keys
//! is measured with this clock, never with the machine's own.
//!
//! It is read from the `Date` header, which RFC 9110 requires of every server that has a clock; the answer to a request that is
//! forbidden has one too. Between two readings the time is extrapolated with a clock that cannot be set ([`Moment`]), so
//! that looking at the keys costs no request. Every replica [follows](ApiServerClock::follow) it, because every replica serves
//! the certificate.

use crate::process::boot_clock::Moment;
use crate::process::error_chain::chain;
use http::Request;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kube::client::Body;
use parking_lot::Mutex;
use std::time::Duration;

/// Between two readings: that clock may be set, and runs at another rate than this machine's.
const READ_EVERY: Duration = Duration::from_mins(1);

/// Between a failed reading and the next.
const RETRY: Duration = Duration::from_secs(5);

/// The API server's clock could not be read.
#[derive(Debug, thiserror::Error)]
#[error("reading the API server's clock failed")]
pub(crate) struct ClockError(#[source] Box<kube::Error>);

/// The API server's clock, as last read.
#[derive(Debug, Default)]
pub(crate) struct ApiServerClock(Mutex<Option<Reading>>);

/// A time by the API server's clock, and when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    time: Timestamp,
    read: Moment,
}

impl ApiServerClock {
    /// The time by the last reading, without a request. Before the first reading, the time by this machine's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.lock().map_or_else(Timestamp::now, |reading| reading.at(Moment::now()))
    }

    /// Reads the clock. Where a proxy removes the `Date` header, returns the time by the last reading.
    pub(crate) async fn read(&self, client: &Client) -> Result<Timestamp, ClockError> {
        let answer = async {
            let request = Request::get("/version").body(Body::empty()).map_err(kube::Error::HttpError)?;
            client.send(request).await
        };
        let answer = answer.await.map_err(Box::new).map_err(ClockError)?;
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(parse);
        let Some(date) = date else { return Ok(self.now()) };
        let mut reading = self.0.lock();
        *reading = Some(Reading::updated(*reading, date, Moment::now()));
        Ok(date)
    }

    /// Reads the clock again and again, until this future is dropped.
    pub(crate) async fn follow(&self, client: &Client) {
        loop {
            let delay = match self.read(client).await {
                Ok(_) => READ_EVERY,
                Err(error) => {
                    tracing::debug!(error = chain(&error), "reading the API server's clock failed");
                    RETRY
                }
            };
            tokio::time::sleep(delay).await;
        }
    }
}

impl Reading {
    /// The reading that holds once the API server has answered with this date. The header has whole seconds: an earlier reading
    /// that agrees with it is kept, so that the time does not go back by a part of a second with each answer.
    fn updated(before: Option<Self>, date: Timestamp, now: Moment) -> Self {
        let second = SignedDuration::from_secs(1);
        let agrees = |before: &Self| {
            let ahead = before.at(now).duration_since(date);
            ahead >= SignedDuration::ZERO && ahead < second
        };
        before.filter(agrees).unwrap_or(Self { time: date, read: now })
    }

    fn at(&self, now: Moment) -> Timestamp {
        let passed = SignedDuration::try_from(self.read.until(now)).unwrap_or(SignedDuration::MAX);
        self.time.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}

/// RFC 9110, 5.6.7: always in GMT.
fn parse(date: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_date_header() {
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Timestamp::from_second(784_111_777).ok());
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn time_goes_on_between_readings_and_goes_back_only_where_the_clock_was_set() {
        let date = |second| Timestamp::from_second(second).unwrap();
        let at = |millis| Moment::at(Duration::from_millis(millis));
        let time = |reading: Reading, millis| reading.at(at(millis)).as_millisecond();
        let first = Reading::updated(None, date(1_000), at(50_000));
        assert_eq!(time(first, 53_500), 1_003_500);
        // An answer from the same second: the first reading stays.
        assert_eq!(Reading::updated(Some(first), date(1_003), at(53_500)), first);
        // The API server's clock is ahead of the extrapolated time.
        let second = Reading::updated(Some(first), date(1_004), at(53_500));
        assert_eq!(time(second, 53_500), 1_004_000);
        // That clock was set, back and forwards.
        for set in [900, 1_002, 1_006, 9_000] {
            let set = Reading::updated(Some(second), date(set), at(53_600));
            assert_eq!(time(set, 54_600) / 1_000, set.time.as_second() + 1);
        }
    }
}
