//! [`ControllerError`]: why the controller did not answer, and what to do about it.

use crate::cluster::session::error::SessionError;
use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::controller::search::Search;
use crate::error::{Hint, TOO_MANY_RECIPIENTS};
use api::annotations::RECIPIENTS;
use std::fmt;

/// Why the controller did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControllerError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("\"{0}\" cannot be the name of a Service or namespace")]
    Name(String),
    #[error("Service {namespace}/{name} has no port")]
    NoPort { namespace: String, name: String },
    #[error("several Services in namespace {namespace} have the label of a controller: {}", .names.join(", "))]
    Several { namespace: String, names: Vec<String> },
    #[error("cannot {}", RequestKind::Service.described(.namespace, .name, .server))]
    NotLocated {
        server: String,
        namespace: String,
        name: String,
        is_name_stated: bool,
        search: Box<Search>,
        #[source]
        source: RequestError,
    },
    #[error("cannot {}", .kind.described(.namespace, .name, .server))]
    Request {
        kind: RequestKind,
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: RequestError,
    },
}

/// The failed step, if the controller did not answer.
pub(crate) const NO_ANSWER: &str = "cannot ask the controller";

/// What the controller answers if it has no sealing key.
const NO_KEY: &str = "there is no sealing key";

/// What its answer is about if it has keys, and none that it may use at present: they wait for their key management service, or have to be wrapped.
const KEYS: &str = "sealing key";

/// The kinds of requests to the API server or the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The controller's Service.
    Service,
    /// The certificate of the newest key.
    Certificate,
    /// Whether a SealedSecret opens.
    Verify,
    /// A SealedSecret, resealed to the newest key.
    Reseal,
}

impl RequestKind {
    fn described(self, namespace: &str, name: &str, server: &str) -> impl fmt::Display {
        match self {
            Self::Service => format!("get Service {namespace}/{name} from {server}"),
            Self::Certificate => format!("get the certificate through the service proxy of {server}"),
            Self::Verify => format!("have it verified through the service proxy of {server}"),
            Self::Reseal => format!("have it resealed through the service proxy of {server}"),
        }
    }

    fn permission(self, namespace: &str) -> Permission<'_> {
        let (verb, resource) = match self {
            Self::Service => ("get", "services"),
            Self::Certificate => ("get", "services/proxy"),
            Self::Verify | Self::Reseal => ("create", "services/proxy"),
        };
        Permission { verb, resource, namespace: Some(namespace) }
    }
}

impl ControllerError {
    /// Whether the controller answered that it cannot open the SealedSecret.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Request { source: RequestError::Conflict(_), .. })
    }
}

impl Hint for ControllerError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Session(error) => return error.hint(),
            Self::Name(_) | Self::NoPort { .. } => {
                "check --controller-name and --controller-namespace; they name the controller's Service"
                    .into()
            }
            Self::Several { namespace, names } => format!(
                "name the one that you use: --controller-namespace {namespace} --controller-name {}",
                names.first().map_or("NAME", String::as_str)
            ),
            Self::NotLocated { namespace, is_name_stated, search, source, .. } => {
                let hint = match source {
                    RequestError::Forbidden(_) if search.found.is_empty() => {
                        let right = source.hint(RequestKind::Service.permission(namespace));
                        format!(
                            "{right}; or name another, with --controller-name NAME and --controller-namespace NAMESPACE"
                        )
                    }
                    _ => search.hint(),
                };
                let tried =
                    if *is_name_stated { String::new() } else { format!("; {}", Search::tried(namespace)) };
                hint + &tried
            }
            Self::Request { kind, source, namespace, name, .. } => hint_of(*kind, source, namespace, name),
        })
    }
}

fn hint_of(kind: RequestKind, source: &RequestError, namespace: &str, name: &str) -> String {
    let right = kind.permission(namespace);
    match (kind, source) {
        (RequestKind::Service, source) => source.hint(right),
        (_, RequestError::Unavailable(cause)) if cause.to_string().contains(NO_KEY) => format!(
            "the controller runs, and has no key: `{0} keys list` shows what there is, `{0} keys restore FILE` restores a backup; the \
             log of the controller {namespace}/{name} says why it makes none",
            crate::terminal::program::name()
        ),
        (_, RequestError::Unavailable(cause)) if cause.to_string().contains(KEYS) => format!(
            "the controller runs, and its keys cannot be used at present: `{} keys list` shows how they are kept, and the log of the controller \
             {namespace}/{name} says more",
            crate::terminal::program::name()
        ),
        (_, RequestError::Unavailable(_)) => format!(
            "the controller is not running, or not ready; see `kubectl -n {namespace} get endpointslices -l \
             kubernetes.io/service-name={name}`"
        ),
        (_, RequestError::ControllerTimedOut(_)) => format!(
            "the API server answers, and the controller {namespace}/{name} behind it does not: `kubectl -n {namespace} get endpointslices -l \
             kubernetes.io/service-name={name} -o yaml` names its pods, and their logs may say why; --request-timeout waits longer"
        ),
        (RequestKind::Certificate, RequestError::NotFound(_)) => {
            "this Service is not the controller's; check --controller-name and --controller-namespace".into()
        }
        (RequestKind::Verify | RequestKind::Reseal, RequestError::NotFound(_)) => {
            "either this is switched off at the controller, or the Service is not the controller's; check \
             --controller-name and --controller-namespace"
                .into()
        }
        (RequestKind::Reseal, RequestError::TooLarge(cause)) if cause.to_string().contains(RECIPIENTS) => {
            TOO_MANY_RECIPIENTS.into()
        }
        (RequestKind::Verify | RequestKind::Reseal, RequestError::Other(_)) => {
            format!("the log of the controller {namespace}/{name} may say why")
        }
        (_, source) => source.hint(right),
    }
}
