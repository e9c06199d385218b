//! [`ControllerError`]: why the controller did not answer, and what to do about it.

use crate::cluster::session::error::SessionError;
use crate::controller::fault::Fault;
use crate::controller::right::Right;
use crate::error::Hint;
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
    #[error("cannot {}", .question.told(.namespace, .name, .server))]
    Ask {
        question: Question,
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: Fault,
    },
}

/// The step of a command that the controller did not answer.
pub(crate) const CANNOT_ASK: &str = "cannot ask the controller";

/// What the controller answers while there is no key to seal with.
const NO_KEY: &str = "there is no sealing key";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Where it is.
    Service,
    /// Its certificate.
    Certificate,
    /// Whether a SealedSecret opens.
    Verify,
    /// A SealedSecret for the newest key.
    Reseal,
}

impl Question {
    fn told(self, namespace: &str, name: &str, server: &str) -> impl fmt::Display {
        match self {
            Self::Service => format!("get Service {namespace}/{name} from {server}"),
            Self::Certificate => format!("get the certificate through the service proxy of {server}"),
            Self::Verify => format!("have it verified through the service proxy of {server}"),
            Self::Reseal => format!("have it resealed through the service proxy of {server}"),
        }
    }

    fn right(self, namespace: &str) -> Right<'_> {
        let (verb, resource) = match self {
            Self::Service => ("get", "services"),
            Self::Certificate => ("get", "services/proxy"),
            Self::Verify | Self::Reseal => ("create", "services/proxy"),
        };
        Right { verb, resource, namespace: Some(namespace) }
    }
}

impl ControllerError {
    /// Whether the controller answered, and the answer is that the SealedSecret does not open.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Ask { source: Fault::Conflict(_), .. })
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
            Self::Ask { question, source, namespace, name, .. } => asked(*question, source, namespace, name),
        })
    }
}

fn asked(question: Question, fault: &Fault, namespace: &str, name: &str) -> String {
    let right = question.right(namespace);
    match (question, fault) {
        (Question::Service, Fault::NotFound(_)) => {
            "say where the controller's Service is, with --controller-name NAME and --controller-namespace \
             NAMESPACE; `kubectl get services -A | grep -i sealed` finds it"
                .into()
        }
        (Question::Service, fault) => fault.hint(right),
        (_, Fault::Unavailable(cause)) if cause.to_string().contains(NO_KEY) => format!(
            "the controller runs, and has no key: `{0} keys list` shows what there is, `{0} keys restore FILE` puts a backup back; the \
             log of the controller {namespace}/{name} says why it makes none",
            crate::terminal::program::name()
        ),
        (_, Fault::Unavailable(_)) => format!(
            "the controller is not running, or not ready; see `kubectl -n {namespace} get endpointslices -l \
             kubernetes.io/service-name={name}`"
        ),
        (Question::Certificate, Fault::NotFound(_)) => {
            "this Service is not the controller's; check --controller-name and --controller-namespace".into()
        }
        (Question::Verify | Question::Reseal, Fault::NotFound(_)) => {
            "either this is switched off at the controller, or the Service is not the controller's; check \
             --controller-name and --controller-namespace"
                .into()
        }
        (Question::Verify | Question::Reseal, Fault::Other(_)) => {
            format!("the log of the controller {namespace}/{name} may say why")
        }
        (_, fault) => fault.hint(right),
    }
}
