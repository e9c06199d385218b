//! [`ServerClock`]: the API server's clock, which dates the Secrets and is the same for all replicas. What goes by a key's age
//! goes by this one.
//!
//! Read from the `Date` of an answer, which RFC 9110 asks of every server with a clock. Whether the request is allowed does
//! not matter: a refusal has a date too. From then on it is told by a clock that cannot be set ([`Moment`]), so that looking at
//! the keys needs no request. Every replica [follows](ServerClock::follow) it, since all of them serve the certificate.

use crate::client::api_timeout::API_TIMEOUT;
use crate::process::boot_clock::Moment;
use crate::process::error_chain::chain;
use http::Request;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kube::client::Body;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// It is looked at this often: it may be set, and no two clocks run alike.
const LOOK: Duration = Duration::from_mins(1);

/// Between a failed look and the next.
const RETRY: Duration = Duration::from_secs(5);

/// Why the API server's clock cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerClockError {
    /// The request failed.
    #[error("asking the API server for the time failed")]
    Ask(#[source] Box<kube::Error>),
    /// No answer in time.
    #[error("the API server did not tell the time in {} s", API_TIMEOUT.as_secs())]
    NoAnswer,
}

/// What this process knows of it.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<Reading>>);

/// What it told, and when that had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    time: Timestamp,
    read: Moment,
}

impl ServerClock {
    /// The time there, without asking: since the last look as this machine counts; before the first, by this machine's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let reading = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.map_or_else(Timestamp::now, |reading| reading.at(Moment::now()))
    }

    /// Asks for the time there. Where something in between takes the date away, it is what is known of it.
    pub(crate) async fn look(&self, client: &Client) -> Result<Timestamp, ServerClockError> {
        let request = Request::get("/version").body(Body::empty());
        let request =
            request.map_err(kube::Error::HttpError).map_err(Box::new).map_err(ServerClockError::Ask)?;
        let answer =
            timeout(API_TIMEOUT, client.send(request)).await.map_err(|_| ServerClockError::NoAnswer)?;
        let answer = answer.map_err(Box::new).map_err(ServerClockError::Ask)?;
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(parse);
        let Some(date) = date else { return Ok(self.now()) };
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *reading = Some(Reading::after(*reading, date, Moment::now()));
        Ok(date)
    }

    /// Looks at it now and then, until it is dropped.
    pub(crate) async fn follow(&self, client: &Client) {
        loop {
            let wait = match self.look(client).await {
                Ok(_) => LOOK,
                Err(error) => {
                    tracing::debug!(error = chain(&error), "the API server's clock could not be read");
                    RETRY
                }
            };
            tokio::time::sleep(wait).await;
        }
    }
}

impl Reading {
    /// What is known once this date has come. Dates are whole seconds, cut off: where it fits what was known, that stays, so
    /// that time does not go back by part of a second at each look.
    fn after(before: Option<Self>, date: Timestamp, now: Moment) -> Self {
        let second = SignedDuration::from_secs(1);
        let fits = |before: &Self| {
            let ahead = before.at(now).duration_since(date);
            ahead >= SignedDuration::ZERO && ahead < second
        };
        before.filter(fits).unwrap_or(Self { time: date, read: now })
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
    fn reads_what_servers_write() {
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Timestamp::from_second(784_111_777).ok());
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn time_goes_on_between_looks_and_goes_back_only_where_the_clock_was_set() {
        let date = |second| Timestamp::from_second(second).unwrap();
        let at = |millis| Moment::at(Duration::from_millis(millis));
        let tells = |reading: Reading, millis| reading.at(at(millis)).as_millisecond();
        let first = Reading::after(None, date(1_000), at(50_000));
        assert_eq!(tells(first, 53_500), 1_003_500);
        // The same second, by a look that was sooner after its beginning.
        assert_eq!(Reading::after(Some(first), date(1_003), at(53_500)), first);
        // It was more than we knew.
        let second = Reading::after(Some(first), date(1_004), at(53_500));
        assert_eq!(tells(second, 53_500), 1_004_000);
        // Set, back and forwards.
        for set in [900, 1_002, 1_006, 9_000] {
            let set = Reading::after(Some(second), date(set), at(53_600));
            assert_eq!(tells(set, 54_600) / 1_000, set.time.as_second() + 1);
        }
    }
}
