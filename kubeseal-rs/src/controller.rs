//! [`Controller`]: the controller in the cluster, asked through the API server's service proxy.
//!
//! What its answers are used for is in `certificate` and `command`.
//!
//! Decided: plain calls on a runtime of its own, instead of async functions, because every command asks one thing
//! after the other, and the controller lets in two requests a second.

mod address;
mod error;
mod fault;
mod patience;
mod right;

pub(crate) use address::ControllerAddress;
pub(crate) use error::{ControllerError, Question};
pub(crate) use fault::Fault;
pub(crate) use right::Right;

use crate::connection::{Login, Timeout};
use crate::online::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, runtime};
use k8s_openapi::api::core::v1::Service;
use kube::{Client, Config};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use tokio::runtime::Runtime;

/// A controller that was found.
pub(crate) struct Controller {
    runtime: Runtime,
    client: RefCell<Client>,
    /// Whether logging in anew may help where the credentials have run out.
    renews: Cell<bool>,
    address: ControllerAddress,
    /// The API server and the context, in words.
    server: String,
    /// Of its Service; empty where the only port has no name, which the service proxy understands.
    port: String,
}

impl Controller {
    /// Finds the Service in the cluster.
    pub(crate) fn find(address: &ControllerAddress) -> Result<Self, ControllerError> {
        address.check()?;
        let runtime = runtime().map_err(ControllerError::Start)?;
        let (client, server, renews) = runtime.block_on(client(address))?;
        let mut found = Self {
            runtime,
            client: RefCell::new(client),
            renews: Cell::new(renews),
            address: address.clone(),
            server,
            port: String::new(),
        };
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

    /// The API server and the context, in words.
    pub(crate) fn server(&self) -> &str {
        &self.server
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
        let mut waits = patience::waits();
        loop {
            match (self.send(&path, body), waits.next()) {
                (Err(Fault::TooMany(_)), Some(wait)) => std::thread::sleep(wait),
                (answer, _) => return answer.map_err(|source| self.failed(question, source)),
            }
        }
    }

    /// Sends once, or again with new credentials where those at hand have run out meanwhile.
    fn send(&self, path: &str, body: Option<&Value>) -> Result<String, Fault> {
        match self.send_once(path, body) {
            Err(Fault::Unauthorized(_)) if self.log_in_anew() => {
                let answer = self.send_once(path, body);
                // New ones that are refused as well are not asked for again.
                self.renews.set(!matches!(answer, Err(Fault::Unauthorized(_))));
                answer
            }
            answer => answer,
        }
    }

    /// Whether there are new credentials. Why there are none, the plugin says itself.
    fn log_in_anew(&self) -> bool {
        let renewed = self.renews.get().then(|| self.runtime.block_on(client(&self.address)).ok()).flatten();
        self.renews.set(renewed.is_some());
        renewed.map(|(client, ..)| self.client.replace(client)).is_some()
    }

    /// Gets, or posts where there is a body.
    fn send_once(&self, path: &str, body: Option<&Value>) -> Result<String, Fault> {
        let request = match body {
            None => http::Request::get(path).body(Vec::new()),
            Some(body) => http::Request::post(path)
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body.to_string().into_bytes()),
        };
        let request = request.map_err(|error| Fault::Other(Box::new(error)))?;
        let client = self.client.borrow().clone();
        self.runtime.block_on(client.request_text(request)).map_err(Fault::from)
    }

    fn failed(&self, question: Question, source: Fault) -> ControllerError {
        ControllerError::Ask {
            question,
            server: self.server.clone(),
            namespace: self.address.namespace.clone(),
            name: self.address.name.clone(),
            source,
        }
    }
}

/// A client, its server in words, and whether a plugin logged in. To be called inside the runtime: the client starts a task.
async fn client(address: &ControllerAddress) -> Result<(Client, String, bool), ControllerError> {
    let Login { config, server, renews } =
        address.connection.log_in().await.map_err(ControllerError::Connection)?;
    let client = Client::try_from(with_timeouts(config, address))
        .map_err(|error| ControllerError::Client { server: server.clone(), source: Fault::from(error) })?;
    Ok((client, server, renews))
}

/// A person waits: without a word from them, not for ever.
pub(crate) fn with_timeouts(mut config: Config, address: &ControllerAddress) -> Config {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(ANSWER_TIMEOUT);
    if let Some(Timeout(stated)) = address.connection.request_timeout() {
        config.connect_timeout = Some(stated.map_or(CONNECT_TIMEOUT, |stated| stated.min(CONNECT_TIMEOUT)));
        config.read_timeout = stated;
    }
    config
}
