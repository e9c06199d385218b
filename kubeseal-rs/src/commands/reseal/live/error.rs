//! [`LiveError`]: why SealedSecrets of the cluster were not resealed.

use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::commands::reseal::failure::ResealFailure;
use crate::error::Hint;
use api::DecodeError;
use envelope::Fingerprint;

/// Why SealedSecrets of the cluster were not resealed. Never holds a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiveError {
    #[error("cannot list the SealedSecrets in {place}")]
    List {
        place: String,
        /// None for all namespaces.
        namespace: Option<String>,
        #[source]
        source: RequestError,
    },
    #[error("no active key of the cluster has the certificate {}, as far as you may see them", .0.short())]
    OtherCertificate(Fingerprint),
    #[error("it was resealed, but cannot be written back")]
    Write {
        namespace: String,
        #[source]
        source: RequestError,
    },
    #[error("{failure}; its status says: {said}")]
    NotOpened { failure: Box<ResealFailure>, said: String },
    #[error(transparent)]
    Shape(DecodeError),
    #[error("aborted")]
    NotSure,
    #[error("a confirmation is needed, and there is no terminal to ask for it")]
    NoTerminal,
}

impl Hint for LiveError {
    fn hint(&self) -> Option<String> {
        const RESOURCE: &str = "sealedsecrets.bitnami.com";
        Some(match self {
            Self::List { source: RequestError::NotFound(_), .. } => {
                "the cluster does not know SealedSecrets: check --context".into()
            }
            Self::List { namespace, source, .. } => {
                let namespace = namespace.as_deref();
                let hint = source.hint(Permission { verb: "list", resource: RESOURCE, namespace });
                match (source, namespace) {
                    (RequestError::Forbidden(_), None) => format!("{hint}; or name one with -n NAMESPACE"),
                    _ => hint,
                }
            }
            Self::OtherCertificate(_) => {
                "what is sealed to it would not open there: leave out --cert, and unset SEALED_SECRETS_CERT, to seal to the certificate that \
                 the controller serves. That of an older active key is taken if you may list the keys"
                    .into()
            }
            Self::Write { source: RequestError::Changed(_) | RequestError::NotFound(_), .. } => {
                "it changed meanwhile, and is as the other client left it: run it again".into()
            }
            Self::Write { namespace, source } => {
                source.hint(Permission { verb: "patch", resource: RESOURCE, namespace: Some(namespace) })
            }
            Self::NotOpened { .. } => {
                "correct what the status names, such as an annotation, or delete the SealedSecret; then run it again".into()
            }
            Self::Shape(_) => "correct it with `kubectl edit`, or delete it".into(),
            Self::NotSure => "nothing was changed".into(),
            Self::NoTerminal => "add --yes; nothing was changed".into(),
        })
    }
}
