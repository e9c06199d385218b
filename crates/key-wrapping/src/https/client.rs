//! [`HttpsClient`]: sends one request and reads one response.

use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::Response;
use crate::https::trust::Trust;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::time::Duration;
use zeroize::Zeroizing;

/// The most bytes of an answer.
const LONGEST_ANSWER: usize = 65_536;

/// The longest that a connection may take to begin.
const LONGEST_CONNECT: Duration = Duration::from_secs(3);

/// The longest that a request and its answer may take, with the connection. A call to a provider may need two, as for a login.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(5);

/// A client that trusts some certificate authorities. It follows no redirect.
#[derive(Debug)]
pub(crate) struct HttpsClient {
    trust: Trust,
    time_limit: Duration,
}

impl HttpsClient {
    /// With the option `ca-file`. A file that cannot be used is an error at once.
    pub(crate) fn new(spec: &ProviderSpec) -> Result<Self, ProviderSpecError> {
        let trust = Trust::new(spec.option("ca-file").map(Into::into));
        let unusable = |error| {
            let path = spec.option("ca-file").unwrap_or_default();
            ProviderSpecError::Value("ca-file", format!("{path} cannot be used: {error}"))
        };
        trust.config().map_err(unusable)?;
        Ok(Self { trust, time_limit: LONGEST_EXCHANGE })
    }

    /// Sends a request. The response may have any status.
    pub(crate) async fn send(&self, to: &Endpoint, request: &Request) -> Result<Response, ProviderError> {
        let late = |_| {
            let message = format!("{to} did not answer within {:?}", self.time_limit);
            ProviderError::new(ProviderErrorKind::Unavailable, message)
        };
        tokio::time::timeout(self.time_limit, self.exchange(to, request)).await.map_err(late)?
    }

    async fn exchange(&self, to: &Endpoint, request: &Request) -> Result<Response, ProviderError> {
        let no_answer = |cause: Box<dyn Error + Send + Sync>| {
            ProviderError::new(ProviderErrorKind::Unavailable, format!("no answer from {to}"))
                .caused_by(cause)
        };
        let message = message(to, request).map_err(|error| no_answer(error.into()))?;
        let config = self.trust.config().map_err(|error| no_answer(ca_file(&*error).into()))?;
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(LONGEST_CONNECT));
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        let response = client.request(message).await.map_err(|error| no_answer(innermost(&error).into()))?;
        let (parts, body) = response.into_parts();
        let body = match Limited::new(body, LONGEST_ANSWER).collect().await {
            Ok(body) => Zeroizing::new(body.to_bytes().to_vec()),
            Err(error) if error.is::<LengthLimitError>() => {
                let message = format!("the answer of {to} is longer than {LONGEST_ANSWER} bytes");
                return Err(ProviderError::new(ProviderErrorKind::Garbage, message));
            }
            Err(error) => return Err(no_answer(innermost(&*error).into())),
        };
        Ok(Response { status: parts.status, headers: parts.headers, body, secrets: request.secrets.clone() })
    }
}

fn message(to: &Endpoint, request: &Request) -> Result<http::Request<Full<Bytes>>, http::Error> {
    let body = Full::new(request.body.clone());
    let mut message =
        http::Request::builder().method(request.method.clone()).uri(to.at(&request.path)?).body(body)?;
    *message.headers_mut() = request.headers.clone();
    Ok(message)
}

fn ca_file(error: &(dyn Error + Send + Sync)) -> String {
    format!("the file of the option ca-file cannot be used: {error}")
}

/// The cause below hyper's own words, which name steps of its own.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    // An authority that was made anew under the same name gives the second.
    let is_untrusted = ["UnknownIssuer", "BadSignature"].iter().any(|it| innermost.to_string().contains(it));
    let hint = if is_untrusted {
        "; the option ca-file names the certificate of the authority to trust"
    } else {
        ""
    };
    format!("{innermost}{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::https::test_server::TestServer;

    fn client() -> HttpsClient {
        HttpsClient { trust: Trust::new(None), time_limit: LONGEST_EXCHANGE }
    }

    #[tokio::test]
    async fn sends_what_it_is_given_and_takes_any_status() {
        let server =
            TestServer::answering("403 Forbidden", r#"{"errors": ["token TOKENTOKEN\n is bad"]}"#).await;
        let request = Request::post_json("/v1/a?b=c", &serde_json::json!({"x": 1})).unwrap();
        let request = request.secret_header("x-vault-token", "TOKENTOKEN").unwrap();
        let response = client().send(server.endpoint(), &request).await.unwrap();
        let sent = server.received().to_lowercase();
        assert!(
            sent.starts_with("post /v1/a?b=c http/1.1\r\n") && sent.ends_with("\r\n\r\n{\"x\":1}"),
            "{sent}"
        );
        assert!(
            sent.contains("x-vault-token: tokentoken\r\n") && sent.contains("content-type: application/json")
        );
        let json: serde_json::Value = response.json().unwrap();
        let words = response.words(json["errors"][0].as_str().unwrap());
        assert_eq!((response.status.as_u16(), words.as_str()), (403, "token … is bad"));
        assert!(!format!("{request:?} {response:?}").contains("TOKEN"));
    }

    #[tokio::test]
    async fn follows_no_redirect() {
        let other = TestServer::answering("200 OK", "{}").await;
        let location = format!("307 Temporary Redirect\r\nLocation: {}/v1/a", other.endpoint());
        let server = TestServer::answering(&location, "").await;
        let response = client().send(server.endpoint(), &Request::get("/v1/a")).await.unwrap();
        assert_eq!((response.status.as_u16(), other.received().as_str()), (307, ""));
    }

    #[tokio::test]
    async fn long_answers_and_answers_that_are_no_json_are_garbage() {
        let server = TestServer::answering("200 OK", &"x".repeat(LONGEST_ANSWER + 1)).await;
        let error = client().send(server.endpoint(), &Request::get("/")).await.unwrap_err();
        let expected = format!("the answer of {} is longer than 65536 bytes", server.endpoint());
        assert_eq!((error.kind, error.to_string()), (ProviderErrorKind::Garbage, expected));
        for body in ["<html>", r#"{"a": "SECRET"}"#, r#"{"SECRET": 1}"#, ""] {
            #[derive(Debug, serde::Deserialize)]
            struct Expected {
                #[expect(dead_code, reason = "read by Debug")]
                a: u32,
            }
            let server = TestServer::answering("200 OK", body).await;
            let response = client().send(server.endpoint(), &Request::get("/")).await.unwrap();
            let error = response.json::<Expected>().unwrap_err();
            assert_eq!(error.kind, ProviderErrorKind::Garbage);
            assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn without_a_listener_or_an_answer_the_service_is_unavailable() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint: Endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        drop(listener);
        let error = client().send(&endpoint, &Request::get("/")).await.unwrap_err();
        let cause = error.source().unwrap().to_string();
        assert_eq!(
            (error.kind, error.to_string()),
            (ProviderErrorKind::Unavailable, format!("no answer from {endpoint}"))
        );
        assert!(cause.starts_with("Connection refused"), "{cause}");
    }

    #[tokio::test]
    async fn a_service_that_never_answers_is_unavailable() {
        let server = TestServer::silent().await;
        let client = HttpsClient { time_limit: Duration::from_millis(10), ..client() };
        let error = client.send(server.endpoint(), &Request::get("/")).await.unwrap_err();
        let expected = format!("{} did not answer within 10ms", server.endpoint());
        assert_eq!((error.kind, error.to_string()), (ProviderErrorKind::Unavailable, expected));
    }

    #[test]
    fn a_ca_file_that_cannot_be_used_is_refused_at_once() {
        let spec = |path: &str| format!("openbao+transit://bao/transit/k?ca-file={path}").parse().unwrap();
        let error = HttpsClient::new(&spec("/nonexistent/ca.pem")).unwrap_err().to_string();
        assert!(
            error.starts_with("the option \"ca-file\": /nonexistent/ca.pem cannot be used: No such file"),
            "{error}"
        );
        let error = HttpsClient::new(&spec("/dev/null")).unwrap_err().to_string();
        assert_eq!(error, "the option \"ca-file\": /dev/null cannot be used: it has no certificate");
    }
}
