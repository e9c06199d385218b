//! [`Controller`]: the controller in the cluster, asked through the API server's service proxy.
//!
//! What its answers are used for is in `certificate` and `commands`.

pub(crate) mod address;
pub(crate) mod error;
pub(crate) mod fault;
pub(crate) mod retry_delays;
pub(crate) mod right;

use crate::cluster::session::Session;
use crate::controller::address::ControllerAddress;
use crate::controller::error::{ControllerError, Question};
use crate::controller::fault::Fault;
use k8s_openapi::api::core::v1::Service;
use serde_json::Value;

/// A controller that was found.
pub(crate) struct Controller {
    session: Session,
    address: ControllerAddress,
    /// Of its Service; empty where the only port has no name, which the service proxy understands.
    port: String,
}

impl Controller {
    /// Finds the Service in the cluster.
    pub(crate) fn find(address: &ControllerAddress) -> Result<Self, ControllerError> {
        address.check()?;
        let session = Session::begin(&address.cluster)?;
        let mut found = Self { session, address: address.clone(), port: String::new() };
        found.port = found.first_port()?;
        Ok(found)
    }

    /// Its newest certificate, as text.
    pub(crate) fn certificate(&self) -> Result<String, ControllerError> {
        self.ask(Question::Certificate, "cert.pem", None)
    }

    /// Whether a SealedSecret opens there.
    pub(crate) fn verify(&self, sealed: &Value) -> Result<bool, ControllerError> {
        match self.ask(Question::Verify, "verify", Some(sealed)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The same SealedSecret, sealed to the newest key; none where it does not open there.
    pub(crate) fn reseal(&self, sealed: &Value) -> Result<Option<Value>, ControllerError> {
        match self.ask(Question::Reseal, "rotate", Some(sealed)) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| self.failed(Question::Reseal, Fault::NotController)),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether TLS proves that it is this API server which answers.
    pub(crate) fn is_verified(&self) -> bool {
        self.session.is_verified()
    }

    /// The API server and the context, in words.
    pub(crate) fn server(&self) -> &str {
        self.session.server()
    }

    fn first_port(&self) -> Result<String, ControllerError> {
        let ControllerAddress { namespace, name, .. } = &self.address;
        let service = self
            .send(&format!("/api/v1/namespaces/{namespace}/services/{name}"), None)
            .and_then(|text| serde_json::from_str::<Service>(&text).map_err(|_| Fault::NotKubernetes))
            .map_err(|source| self.failed(Question::Service, source))?;
        service
            .spec
            .and_then(|spec| spec.ports?.into_iter().next())
            .map(|port| port.name.unwrap_or_default())
            .ok_or_else(|| ControllerError::NoPort { namespace: namespace.clone(), name: name.clone() })
    }

    /// Asks, and asks again for a while where there were too many requests.
    fn ask(&self, question: Question, path: &str, body: Option<&Value>) -> Result<String, ControllerError> {
        let ControllerAddress { namespace, name, .. } = &self.address;
        let port = &self.port;
        let path = format!("/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy/v1/{path}");
        let mut waits = retry_delays::waits();
        loop {
            match (self.send(&path, body), waits.next()) {
                (Err(Fault::TooMany(_)), Some(wait)) => std::thread::sleep(wait),
                (answer, _) => return answer.map_err(|source| self.failed(question, source)),
            }
        }
    }

    /// Gets, or posts where there is a body.
    fn send(&self, path: &str, body: Option<&Value>) -> Result<String, Fault> {
        let sent = self.session.ask(async |client| {
            let request = match body {
                None => http::Request::get(path).body(Vec::new()),
                Some(body) => http::Request::post(path)
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(body.to_string().into_bytes()),
            };
            client.request_text(request.map_err(kube::Error::HttpError)?).await
        });
        sent.map_err(Fault::from)
    }

    fn failed(&self, question: Question, source: Fault) -> ControllerError {
        ControllerError::Ask {
            question,
            server: self.server().to_owned(),
            namespace: self.address.namespace.clone(),
            name: self.address.name.clone(),
            source,
        }
    }
}
