//! [`Controller`]: requests to the controller in the cluster, through the API server's service proxy.
//!
//! `certificate` and `commands` use its responses.

pub(crate) mod address;
pub(crate) mod error;
pub(crate) mod locate;
pub(crate) mod search;

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::controller::address::ControllerAddress;
use crate::controller::error::{ControllerError, RequestKind};
use crate::controller::locate::{Located, locate};
use serde_json::Value;
use std::time::Duration;

/// Milliseconds before each retry of a request that the controller refused because there are too many: about ten
/// seconds in all. It accepts two requests a second, from all clients together.
const RETRY_DELAYS: [u64; 5] = [500, 1000, 1500, 2500, 4000];

/// A controller whose Service is in the cluster.
pub(crate) struct Controller {
    session: Session,
    address: ControllerAddress,
    /// The name of the Service's port; empty if the only port has no name, which the service proxy accepts.
    port: String,
}

impl Controller {
    /// Finds the Service in the cluster.
    pub(crate) fn find(address: &ControllerAddress) -> Result<Self, ControllerError> {
        address.check()?;
        let session = Session::begin(&address.cluster)?;
        let Located { name, port } = locate(&session, address)?;
        Ok(Self { session, address: ControllerAddress { name, ..address.clone() }, port })
    }

    /// Namespace and name of the Service that was found.
    pub(crate) fn service(&self) -> String {
        self.address.service()
    }

    /// The newest certificate that the controller serves, as PEM text.
    pub(crate) fn certificate(&self) -> Result<String, ControllerError> {
        self.request(RequestKind::Certificate, "cert.pem", None)
    }

    /// Whether the controller can open a SealedSecret.
    pub(crate) fn verify(&self, sealed: &Value) -> Result<bool, ControllerError> {
        match self.request(RequestKind::Verify, "verify", Some(sealed)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The SealedSecret, resealed to the newest key; None if the controller cannot open it.
    pub(crate) fn reseal(&self, sealed: &Value) -> Result<Option<Value>, ControllerError> {
        match self.request(RequestKind::Reseal, "rotate", Some(sealed)) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| self.failed(RequestKind::Reseal, RequestError::NotController)),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether TLS verifies the API server.
    pub(crate) fn is_verified(&self) -> bool {
        self.session.is_verified()
    }

    /// API server and context, for messages.
    pub(crate) fn server(&self) -> &str {
        self.session.server()
    }

    /// Sends a request to the controller, and retries for a while if there are too many requests.
    fn request(
        &self,
        kind: RequestKind,
        path: &str,
        body: Option<&Value>,
    ) -> Result<String, ControllerError> {
        let ControllerAddress { namespace, name, .. } = &self.address;
        let port = &self.port;
        let path = format!("/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy/v1/{path}");
        let mut delays = RETRY_DELAYS.into_iter();
        loop {
            match (self.send(&path, body), delays.next()) {
                (Err(RequestError::TooMany(_)), Some(delay)) => {
                    std::thread::sleep(Duration::from_millis(delay));
                }
                (answer, _) => return answer.map_err(|source| self.failed(kind, source)),
            }
        }
    }

    /// Sends a GET request, or a POST request if there is a body.
    fn send(&self, path: &str, body: Option<&Value>) -> Result<String, RequestError> {
        let sent = self.session.request(async |client| {
            let request = match body {
                None => http::Request::get(path).body(Vec::new()),
                Some(body) => http::Request::post(path)
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(body.to_string().into_bytes()),
            };
            client.request_text(request.map_err(kube::Error::HttpError)?).await
        });
        sent.map_err(RequestError::from)
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
