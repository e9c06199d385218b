//! `server_now`: the API server's clock, which dates the Secrets and is the same for all replicas.
//!
//! Read from the `Date` of an answer, which RFC 9110 asks of every server with a clock. Whether the request is allowed does
//! not matter: a refusal has a date too.

use super::ANSWER;
use http::Request;
use http::header::DATE;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use kube::Client;
use kube::client::Body;
use tokio::time::timeout;

/// Why the API server's clock cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ServerClockError {
    /// The request failed.
    #[error("asking the API server for the time failed")]
    Ask(#[source] Box<kube::Error>),
    /// No answer in time.
    #[error("the API server did not tell the time in {} s", ANSWER.as_secs())]
    NoAnswer,
}

/// The time there, in whole seconds; this machine's where something in between takes the date away.
pub(super) async fn server_now(client: &Client) -> Result<Timestamp, ServerClockError> {
    let request = Request::get("/version").body(Body::empty());
    let request = request.map_err(kube::Error::HttpError).map_err(Box::new).map_err(ServerClockError::Ask)?;
    let answer = timeout(ANSWER, client.send(request)).await.map_err(|_| ServerClockError::NoAnswer)?;
    let answer = answer.map_err(Box::new).map_err(ServerClockError::Ask)?;
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(parse);
    Ok(date.unwrap_or_else(Timestamp::now))
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
}
