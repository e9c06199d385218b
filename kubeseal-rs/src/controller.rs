//! [`Controller`]: requests to the controller in the cluster, through the API server's service proxy.
//!
//! `certificate` and `commands` use its responses. Many requests run at the same time, with a `token` that passes the rate limit.

pub(crate) mod address;
pub(crate) mod error;
pub(crate) mod locate;
pub(crate) mod search;
pub(crate) mod token;

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::controller::address::ControllerAddress;
use crate::controller::error::{ControllerError, RequestKind};
use crate::controller::locate::{Located, locate};
use crate::controller::token::{TOO_MANY, Token};
use api::reseal_token::HEADER;
use http::{HeaderName, HeaderValue};
use kube::Client;
use serde_json::Value;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

/// Milliseconds before each retry of a request that the controller refused because there are too many: about ten
/// seconds in all. It accepts two requests a second, from all clients together.
const RETRY_DELAYS: [u64; 5] = [500, 1000, 1500, 2500, 4000];

/// Number of requests that a controller with the default limit answers at once. For more, a token is requested.
const WITHOUT_TOKEN: usize = 3;

/// Number of requests with a token that run at the same time. The controller reads eight, from all clients together.
const AT_ONCE: usize = 4;

/// Number of requests after which the token is looked at again: it may expire.
const PART: usize = 200;

/// A controller whose Service is in the cluster.
pub(crate) struct Controller {
    session: Session,
    address: ControllerAddress,
    /// The name of the Service's port; empty if the only port has no name, which the service proxy accepts.
    port: String,
    token: Token,
    /// Number of requests that the rate limit counts, so far.
    sent: Cell<usize>,
}

impl Controller {
    /// Finds the Service in the cluster.
    pub(crate) fn find(address: &ControllerAddress) -> Result<Self, ControllerError> {
        address.check()?;
        let session = Session::begin(&address.cluster)?;
        let Located { name, port } = locate(&session, address)?;
        let address = ControllerAddress { name, ..address.clone() };
        Ok(Self { session, address, port, token: Token::default(), sent: Cell::new(0) })
    }

    /// Namespace and name of the Service that was found.
    pub(crate) fn service(&self) -> String {
        self.address.service()
    }

    /// The newest certificate that the controller serves, as PEM text.
    pub(crate) fn certificate(&self) -> Result<String, ControllerError> {
        let mut certificate = None;
        let path = self.path("cert.pem");
        let _ = self.request_each(&path, &[None], None, |answer| {
            certificate = Some(answer);
            ControlFlow::Continue(())
        });
        let certificate = certificate.unwrap_or(Err(RequestError::NotController));
        certificate.map_err(|source| self.failed(RequestKind::Certificate, source))
    }

    /// Whether the controller can open each of the SealedSecrets: calls `each` in their order, until it breaks.
    pub(crate) fn verify_each(
        &self,
        sealed: &[&Value],
        mut each: impl FnMut(Result<bool, ControllerError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.post_each(RequestKind::Verify, sealed, |answer| match answer {
            Ok(_) => each(Ok(true)),
            Err(error) if error.is_conflict() => each(Ok(false)),
            Err(error) => each(Err(error)),
        })
    }

    /// The SealedSecrets, resealed to the newest key, or None if the controller cannot open it: calls `each` in their order, until it breaks.
    pub(crate) fn reseal_each(
        &self,
        sealed: &[&Value],
        mut each: impl FnMut(Result<Option<Value>, ControllerError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.post_each(RequestKind::Reseal, sealed, |answer| match answer {
            Ok(text) => each(
                serde_json::from_str(&text)
                    .map(Some)
                    .map_err(|_| self.failed(RequestKind::Reseal, RequestError::NotController)),
            ),
            Err(error) if error.is_conflict() => each(Ok(None)),
            Err(error) => each(Err(error)),
        })
    }

    /// Whether many requests are answered fast: they pass the rate limit. False as long as there were few.
    pub(crate) fn is_fast(&self) -> bool {
        self.sent.get() >= WITHOUT_TOKEN && self.token.header(&self.session, &self.address).is_some()
    }

    /// Which controller it is.
    pub(crate) fn address(&self) -> &ControllerAddress {
        &self.address
    }

    /// Whether TLS verifies the API server.
    pub(crate) fn is_verified(&self) -> bool {
        self.session.is_verified()
    }

    /// API server and context, for messages.
    pub(crate) fn server(&self) -> &str {
        self.session.server()
    }

    /// The path of the controller's, behind the API server's proxy.
    fn path(&self, path: &str) -> String {
        let ControllerAddress { namespace, name, .. } = &self.address;
        format!("/api/v1/namespaces/{namespace}/services/http:{name}:{}/proxy/v1/{path}", self.port)
    }

    /// Sends SealedSecrets to an endpoint that is rate-limited: one after the other, or several at the same time with a token.
    fn post_each(
        &self,
        kind: RequestKind,
        sealed: &[&Value],
        mut each: impl FnMut(Result<String, ControllerError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let path = self.path(if kind == RequestKind::Verify { "verify" } else { "rotate" });
        let bodies: Vec<_> = sealed.iter().copied().map(Some).collect();
        for part in bodies.chunks(PART) {
            let is_few = self.sent.get() + bodies.len() <= WITHOUT_TOKEN;
            let token = if is_few { None } else { self.token.header(&self.session, &self.address) };
            self.sent.set(self.sent.get() + part.len());
            self.request_each(&path, part, token.as_ref(), |answer| {
                each(answer.map_err(|source| self.failed(kind, source)))
            })?;
        }
        ControlFlow::Continue(())
    }

    /// Sends requests to the controller, and each again for a while if there are too many requests.
    fn request_each(
        &self,
        path: &str,
        bodies: &[Option<&Value>],
        token: Option<&HeaderValue>,
        mut each: impl FnMut(Result<String, RequestError>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let at_once = if token.is_some() { AT_ONCE } else { 1 };
        let request = async |client: Client, body: Option<&Value>| {
            let mut delays = RETRY_DELAYS.into_iter();
            loop {
                let answer = send(&client, path, body, token.cloned()).await;
                if token.is_some() {
                    let is_first = delays.len() == RETRY_DELAYS.len();
                    self.token.answered(code_of(&answer), is_first);
                }
                match (answer, delays.next()) {
                    (Err(kube::Error::Api(status)), Some(delay)) if status.code == TOO_MANY => {
                        tokio::time::sleep(Duration::from_millis(delay)).await;
                    }
                    (answer, _) => return answer,
                }
            }
        };
        self.session.request_each(bodies, at_once, &request, |answer| {
            each(answer.map_err(RequestError::of_the_controller))
        })
    }

    fn failed(&self, kind: RequestKind, source: RequestError) -> ControllerError {
        ControllerError::Request {
            kind,
            server: self.server().to_owned(),
            namespace: self.address.namespace.clone(),
            name: self.address.name.clone(),
            source,
        }
    }
}

/// The status code of an answer; None if there is no answer.
fn code_of(answer: &Result<String, kube::Error>) -> Option<u16> {
    match answer {
        Ok(_) => Some(200),
        Err(kube::Error::Api(status)) => Some(status.code),
        Err(_) => None,
    }
}

/// Sends a GET request, or a POST request if there is a body.
async fn send(
    client: &Client,
    path: &str,
    body: Option<&Value>,
    token: Option<HeaderValue>,
) -> Result<String, kube::Error> {
    let mut request = match body {
        None => http::Request::get(path).body(Vec::new()),
        Some(body) => http::Request::post(path)
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into_bytes()),
    }
    .map_err(kube::Error::HttpError)?;
    request.headers_mut().extend(token.map(|token| (HeaderName::from_static(HEADER), token)));
    client.request_text(request).await
}
