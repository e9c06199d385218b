//! [`locate`]: the controller's Service: the one of the name that was stated; without a statement, the one of the default name, else the
//! one in the same namespace that has the label of a Helm chart, whose default name is another.
//!
//! Decided: a Service that is only found in another namespace is printed with the flags that choose it, and not used. A user who may create
//! Services in one namespace can put the label on one of them, and values would be sealed to the certificate of that user. A Service in the
//! namespace of the controller is trusted as much as one of the default name, which the same users can create.
//!
//! Decided: a stated name is never replaced, because a script that names a controller must not get another one.

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::controller::address::ControllerAddress;
use crate::controller::error::{ControllerError, RequestKind};
use crate::controller::search::{LABEL, Search};
use crate::terminal::warnings::note;
use k8s_openapi::List;
use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt as _;
use serde::de::DeserializeOwned;
use std::sync::Once;

/// The label of the Service for metrics.
const COMPONENT: &str = "app.kubernetes.io/component";

/// The name that the Service has if the Helm release is called as the chart is. The chart's Role lets every user read the Service of its
/// name, and list none.
const HELM_NAME: &str = "sealed-secrets";

/// Many commands look for the Service twice.
static NOTE: Once = Once::new();

/// A Service that was found.
pub(crate) struct Located {
    pub name: String,
    /// The name of its first port; empty if the only port has no name, which the service proxy accepts.
    pub port: String,
}

/// Finds the Service.
pub(crate) fn locate(session: &Session, address: &ControllerAddress) -> Result<Located, ControllerError> {
    let namespace = address.namespace.as_str();
    let source = match get(session, namespace, &address.name) {
        Ok(service) => return located(namespace, &service),
        Err(source) => source,
    };
    // The chart's Role allows no name but its own: the default one is then forbidden, and not missing.
    let is_unknown = match source {
        RequestError::NotFound(_) => true,
        RequestError::Forbidden(_) => !address.is_name_stated,
        _ => false,
    };
    if !is_unknown {
        return Err(ControllerError::Request {
            kind: RequestKind::Service,
            server: session.server().to_owned(),
            namespace: namespace.to_owned(),
            name: address.name.clone(),
            source,
        });
    }
    let mut search = None;
    if !address.is_name_stated {
        let listed = list(session, &format!("/api/v1/namespaces/{namespace}/services"));
        // A user who may not list those of one namespace may not list all.
        search = listed.is_err().then(|| Search { found: Vec::new(), is_refused: true });
        if let Some(service) = in_namespace(session, namespace, listed.ok())? {
            let found = located(namespace, &service)?;
            NOTE.call_once(|| {
                note(format_args!(
                    "the controller's Service is {namespace}/{}, found by its label",
                    found.name
                ));
            });
            return Ok(found);
        }
    }
    Err(ControllerError::NotLocated {
        server: session.server().to_owned(),
        namespace: namespace.to_owned(),
        name: address.name.clone(),
        is_name_stated: address.is_name_stated,
        search: Box::new(search.unwrap_or_else(|| everywhere(session))),
        source,
    })
}

/// The Service with the label in the namespace, of those that were listed. Several are an error.
fn in_namespace(
    session: &Session,
    namespace: &str,
    listed: Option<Vec<Service>>,
) -> Result<Option<Service>, ControllerError> {
    let Some(mut found) = listed else {
        return Ok(get(session, namespace, HELM_NAME).ok().filter(is_controllers));
    };
    if found.len() > 1 {
        let names = found.iter().map(Service::name_any).collect();
        return Err(ControllerError::Several { namespace: namespace.to_owned(), names });
    }
    Ok(found.pop())
}

/// Searches all namespaces.
fn everywhere(session: &Session) -> Search {
    match list(session, "/api/v1/services") {
        Ok(found) => Search {
            found: found
                .iter()
                .map(|service| (service.namespace().unwrap_or_default(), service.name_any()))
                .collect(),
            is_refused: false,
        },
        Err(_) => Search { found: Vec::new(), is_refused: true },
    }
}

fn located(namespace: &str, service: &Service) -> Result<Located, ControllerError> {
    let name = service.name_any();
    match first_port(service) {
        Some(port) => Ok(Located { name, port }),
        None => Err(ControllerError::NoPort { namespace: namespace.to_owned(), name }),
    }
}

fn first_port(service: &Service) -> Option<String> {
    let port = service.spec.as_ref()?.ports.as_ref()?.first()?;
    Some(port.name.clone().unwrap_or_default())
}

fn get(session: &Session, namespace: &str, name: &str) -> Result<Service, RequestError> {
    let mut service: Service = read(session, &format!("/api/v1/namespaces/{namespace}/services/{name}"))?;
    service.metadata.name.get_or_insert_with(|| name.to_owned());
    Ok(service)
}

/// The Services of controllers below this path.
fn list(session: &Session, path: &str) -> Result<Vec<Service>, RequestError> {
    let (label, value) = LABEL;
    // A slash in a query is no separator.
    let listed: List<Service> = read(session, &format!("{path}?labelSelector={label}%3D{value}"))?;
    Ok(listed.items.into_iter().filter(is_controllers).collect())
}

/// Whether it has the label, and is not for metrics.
fn is_controllers(service: &Service) -> bool {
    let has = |name: &str, value: &str| service.labels().get(name).is_some_and(|it| it == value);
    has(LABEL.0, LABEL.1)
        && !has(COMPONENT, "metrics")
        && first_port(service).is_none_or(|port| port != "metrics")
}

fn read<T: DeserializeOwned>(session: &Session, path: &str) -> Result<T, RequestError> {
    let sent = session.request(async |client| {
        let request = http::Request::get(path).body(Vec::new());
        client.request_text(request.map_err(kube::Error::HttpError)?).await
    });
    serde_json::from_str(&sent?).map_err(|_| RequestError::NotKubernetes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn service(labels: &[(&str, &str)], port: &str) -> Service {
        let labels: serde_json::Map<_, _> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let spec = json!({ "ports": [{ "name": port, "port": 8080 }] });
        serde_json::from_value(json!({ "metadata": { "name": "a", "labels": labels }, "spec": spec }))
            .unwrap()
    }

    #[test]
    fn the_service_for_metrics_and_those_of_others_are_left_out() {
        for (labels, port, expected) in [
            (&[LABEL][..], "http", true),
            (&[LABEL], "", true),
            (&[LABEL, (COMPONENT, "metrics")], "http", false),
            (&[LABEL], "metrics", false),
            (&[(LABEL.0, "sealed-secrets-web")], "http", false),
            (&[], "http", false),
        ] {
            assert_eq!(is_controllers(&service(labels, port)), expected, "{labels:?} {port}");
        }
    }
}
