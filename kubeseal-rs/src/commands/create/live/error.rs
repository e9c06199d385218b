//! [`LiveError`]: why a Secret of the cluster was not sealed, or not handed over.

use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::error::Hint;
use crate::terminal::escape::shown;
use api::annotations::MANAGED;

/// Why a Secret of the cluster was not sealed, or not handed over. Never holds a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiveError {
    #[error("cannot {} {namespace}/{name} on {server}", .act.described())]
    Request {
        act: LiveRequest,
        server: String,
        namespace: String,
        name: String,
        #[source]
        source: RequestError,
    },
    #[error("Secrets of type {} are made by the cluster or by a tool for themselves", shown(.0))]
    OfTool(String),
    #[error("{} {} controls the Secret, and would write it again", shown(.kind), shown(.name))]
    Controlled { kind: String, name: String },
    #[error("there is a SealedSecret {namespace}/{name}, which would put its own values into the Secret")]
    SealedSecret { namespace: String, name: String },
}

/// The requests of `create --from-live`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LiveRequest {
    Get,
    GetSealedSecret,
    Adopt,
}

impl LiveRequest {
    const fn described(self) -> &'static str {
        match self {
            Self::Get => "get Secret",
            Self::GetSealedSecret => "see whether there is a SealedSecret",
            Self::Adopt => "set the annotation that hands over Secret",
        }
    }

    const fn permission(self, namespace: &str) -> Permission<'_> {
        let (verb, resource) = match self {
            Self::Get => ("get", "secrets"),
            Self::GetSealedSecret => ("get", "sealedsecrets.bitnami.com"),
            Self::Adopt => ("patch", "secrets"),
        };
        Permission { verb, resource, namespace: Some(namespace) }
    }
}

impl Hint for LiveError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Request { act: LiveRequest::Get, namespace, source: RequestError::NotFound(_), .. } => {
                format!("`kubectl get secrets -n {namespace}` lists them; name another namespace with -n NAMESPACE")
            }
            Self::Request { act: LiveRequest::Adopt, namespace, name, source, .. } => {
                let by_hand = format!(
                    "the SealedSecret is written; what is missing is `kubectl annotate secret {name} -n {namespace} {MANAGED}=true`"
                );
                match source {
                    RequestError::Changed(_) | RequestError::NotFound(_) => {
                        "the Secret changed meanwhile: run it again, so that its present values are sealed".into()
                    }
                    source => format!("{by_hand}; {}", source.hint(LiveRequest::Adopt.permission(namespace))),
                }
            }
            Self::Request { act, namespace, source, .. } => source.hint(act.permission(namespace)),
            Self::OfTool(_) => "its values are of use in this cluster only, or to that tool only: let the cluster or the tool make it".into(),
            Self::Controlled { kind, .. } if kind == "SealedSecret" => {
                "nothing has to be handed over; leave out --adopt to seal its values once more, such as for another cluster".into()
            }
            Self::Controlled { .. } => {
                "change what makes it, or leave out --adopt and seal the values under another name".into()
            }
            Self::SealedSecret { namespace, name } => format!(
                "delete it first, if it is not what you want (`kubectl get secret {name} -n {namespace}` must still show the Secret then); \
                 nothing was changed"
            ),
        })
    }
}
