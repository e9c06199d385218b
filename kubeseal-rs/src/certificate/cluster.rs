//! `fetch`: the certificate from the controller, through the API server's service proxy.

mod fault;

use super::online::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, block_on};
use crate::connection::{Connection, ConnectionError};
use fault::Fault;
use k8s_openapi::api::core::v1::Service;
use kube::Client;

/// Where the controller is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ControllerAddress {
    /// Its cluster.
    pub connection: Connection,
    /// Namespace of its Service.
    pub namespace: String,
    /// Name of its Service.
    pub name: String,
}

/// Why the cluster gave no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    #[error("cannot start the network client")]
    Start(#[source] std::io::Error),
    #[error("it is not known which cluster is meant")]
    Connection(#[source] ConnectionError),
    #[error("\"{0}\" cannot be the name of a Service or namespace")]
    Name(String),
    #[error("cannot prepare a connection to {server}")]
    Client {
        server: String,
        #[source]
        source: Fault,
    },
    #[error("cannot get Service {namespace}/{name} from {server}")]
    Service {
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: Fault,
    },
    #[error("Service {namespace}/{name} has no port")]
    NoPort { namespace: String, name: String },
    #[error("cannot get the certificate through the service proxy of {server}")]
    Proxy {
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: Fault,
    },
}

/// Fetches the certificate as text.
pub(super) fn fetch(controller: &ControllerAddress) -> Result<String, ClusterError> {
    for part in [&controller.namespace, &controller.name] {
        if !is_name(part) {
            return Err(ClusterError::Name(part.clone()));
        }
    }
    block_on(get(controller)).map_err(ClusterError::Start)?
}

async fn get(controller: &ControllerAddress) -> Result<String, ClusterError> {
    let ControllerAddress { connection, namespace, name } = controller;
    let (mut config, server) = connection.config().await.map_err(ClusterError::Connection)?;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(ANSWER_TIMEOUT);
    let client = Client::try_from(config)
        .map_err(|error| ClusterError::Client { server: server.clone(), source: Fault::from(error) })?;

    let path = format!("/api/v1/namespaces/{namespace}/services/{name}");
    let service = get_text(&client, &path)
        .await
        .and_then(|text| serde_json::from_str::<Service>(&text).map_err(|_| Fault::NotKubernetes))
        .map_err(|source| ClusterError::Service {
            server: server.clone(),
            namespace: namespace.clone(),
            name: name.clone(),
            source,
        })?;
    let port = first_port(service)
        .ok_or_else(|| ClusterError::NoPort { namespace: namespace.clone(), name: name.clone() })?;

    let path = format!("/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy/v1/cert.pem");
    get_text(&client, &path).await.map_err(|source| ClusterError::Proxy {
        server,
        namespace: namespace.clone(),
        name: name.clone(),
        source,
    })
}

async fn get_text(client: &Client, path: &str) -> Result<String, Fault> {
    let request = http::Request::get(path).body(Vec::new()).map_err(|error| Fault::Other(Box::new(error)))?;
    client.request_text(request).await.map_err(Fault::from)
}

/// The name of the first port: empty where the only port has none, which the service proxy understands.
fn first_port(service: Service) -> Option<String> {
    let port = service.spec?.ports?.into_iter().next()?;
    Some(port.name.unwrap_or_default())
}

/// Keeps a flag from reaching other paths of the API server.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

impl ClusterError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Start(_) => "give the certificate as a file: --cert cert.pem".into(),
            Self::Connection(error) => format!("{}; or give the certificate with --cert FILE", error.hint()),
            Self::Name(_) | Self::NoPort { .. } => {
                "check --controller-name and --controller-namespace; they name the controller's Service".into()
            }
            Self::Client { source, .. } => source.hint("get", "services"),
            Self::Service {
                source: Fault::NotFound(_),
                ..
            } => "say where the controller's Service is, with --controller-name NAME and --controller-namespace \
                  NAMESPACE; `kubectl get services -A | grep -i sealed` finds it"
                .into(),
            Self::Service { source, namespace, .. } => {
                source.hint("get", &format!("services in namespace {namespace}"))
            }
            Self::Proxy {
                source: Fault::Unavailable(_),
                namespace,
                name,
                ..
            } => format!(
                "the controller is not running, or not ready; see `kubectl -n {namespace} get endpoints {name}`"
            ),
            Self::Proxy {
                source: Fault::NotFound(_),
                ..
            } => "this Service is not the controller's; check --controller-name and --controller-namespace".into(),
            Self::Proxy { source, namespace, .. } => {
                source.hint("get", &format!("services/proxy in namespace {namespace}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_path() {
        for good in ["sealed-secrets-controller", "a", "a.b", "0"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "..", "a/b", "a b", "A", "a%2fb", "a?b", ".a"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
