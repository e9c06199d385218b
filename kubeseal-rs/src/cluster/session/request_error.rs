//! [`RequestError`]: why a request to the API server failed, sorted by what the user can do about it.

use crate::cluster::session::permission::Permission;
use crate::terminal::escape::shown_path;
use kube::client::AuthError;
use std::error::Error;
use std::io::ErrorKind;
use std::path::PathBuf;

type Cause = Box<dyn Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("it was not found")]
    NotFound(#[source] Cause),
    #[error("your user may not do that")]
    Forbidden(#[source] Cause),
    #[error("the API server does not accept your credentials")]
    Unauthorized(#[source] Cause),
    #[error("the service is not available")]
    Unavailable(#[source] Cause),
    #[error("it does not open")]
    Conflict(#[source] Cause),
    #[error("it is not as it was read")]
    Changed(#[source] Cause),
    #[error("there are too many requests at present")]
    TooMany(#[source] Cause),
    #[error("it is larger than the controller takes")]
    TooLarge(#[source] Cause),
    #[error("TLS failed")]
    Tls(#[source] Cause),
    #[error("the API server cannot be reached")]
    Unreachable(#[source] Cause),
    /// The service proxy waits for the controller.
    #[error("the controller did not answer in time")]
    ControllerTimedOut(#[source] Cause),
    /// Without a cause, which may show a token.
    #[error("the kubeconfig's credentials could not be obtained")]
    Credentials,
    #[error("the kubeconfig's token file {} cannot be read", shown_path(.path))]
    TokenFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the answer is not a Kubernetes API server's")]
    NotKubernetes,
    #[error("the answer is not the controller's")]
    NotController,
    #[error("the request failed")]
    Other(#[source] Cause),
}

/// The status that the API server answered.
#[derive(Debug, thiserror::Error)]
#[error("the API server answered {code}{}{message}", if .message.is_empty() { "" } else { ": " })]
struct ApiStatus {
    code: u16,
    message: String,
}

impl From<kube::Error> for RequestError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => {
                let answer =
                    Box::new(ApiStatus { code: status.code, message: status.message.trim().to_owned() });
                match status.code {
                    401 => Self::Unauthorized(answer),
                    403 => Self::Forbidden(answer),
                    404 => Self::NotFound(answer),
                    409 => Self::Conflict(answer),
                    413 => Self::TooLarge(answer),
                    429 => Self::TooMany(answer),
                    502..=504 => Self::Unavailable(answer),
                    _ => Self::Other(answer),
                }
            }
            kube::Error::Auth(AuthError::ReadTokenFile(source, path)) => Self::TokenFile { path, source },
            kube::Error::Auth(_) => Self::Credentials,
            kube::Error::Service(cause) => Self::of_transport(cause),
            kube::Error::HyperError(cause) => Self::of_transport(Box::new(cause)),
            kube::Error::RustlsTls(cause) => Self::Tls(Box::new(cause)),
            other => Self::Other(Box::new(other)),
        }
    }
}

/// What to do where the authority that signed a server's certificate is not trusted.
pub(crate) const UNKNOWN_ISSUER: &str = "the server's certificate is signed by an authority that this system does not trust, such as \
                                         a company's own: name its PEM file in the variable SSL_CERT_FILE";

/// Whether TLS failed because the authority that signed the server's certificate is not trusted.
pub(crate) fn is_unknown_issuer(error: &(dyn Error + 'static)) -> bool {
    let words = all_words(error);
    ["unknownissuer", "unknown issuer", "self-signed", "self signed"].iter().any(|word| words.contains(word))
}

/// The texts of an error and its causes, in lower case. Their types are private to many crates.
fn all_words(error: &(dyn Error + 'static)) -> String {
    let mut words = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        words.push_str(&error.to_string().to_ascii_lowercase());
        words.push('\n');
        next = error.source();
    }
    words
}

/// Whether there was a connection, and no answer on it in time.
fn is_unanswered(error: &(dyn Error + 'static)) -> bool {
    let words = all_words(error);
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::TimedOut) {
            return !words.contains("(connect)");
        }
        next = error.source();
    }
    false
}

impl RequestError {
    /// The transport's errors are of many private types; only their texts distinguish TLS from the rest.
    fn of_transport(cause: Cause) -> Self {
        let words = all_words(&*cause);
        if ["certificate", "tls", "handshake", "corrupt message"].iter().any(|word| words.contains(word)) {
            Self::Tls(cause)
        } else {
            Self::Unreachable(cause)
        }
    }

    /// The error of a request to the controller, after the API server answered others: what does not answer is behind its service proxy.
    pub(crate) fn of_the_controller(error: kube::Error) -> Self {
        match error.into() {
            Self::Unreachable(cause) if is_unanswered(&*cause) => Self::ControllerTimedOut(cause),
            other => other,
        }
    }

    /// What to do about it, for a request that needs this permission.
    pub(crate) fn hint(&self, permission: Permission<'_>) -> String {
        match self {
            Self::Forbidden(_) => permission.hint(),
            Self::Unauthorized(_) | Self::Credentials => {
                "log in again; `kubectl auth whoami` uses the same credentials".into()
            }
            Self::TokenFile { .. } => {
                "the user's `tokenFile` in the kubeconfig must name a file that you may read; or give --token"
                    .into()
            }
            Self::Tls(cause) if is_unknown_issuer(&**cause) => format!(
                "{UNKNOWN_ISSUER}; of a cluster, the kubeconfig's certificate-authority or --certificate-authority FILE comes first, \
                 and must be the one that signed the API server's certificate; choose another context with --context NAME"
            ),
            Self::Tls(_) => {
                "the certificate authority (--certificate-authority FILE, or the kubeconfig's) must be the one that \
                 signed the API server's certificate, for this address or the name of --tls-server-name; choose \
                 another context with --context NAME"
                    .into()
            }
            Self::TooMany(_) => {
                "try again in a minute; the controller's --rate-limit says how many requests a second it takes".into()
            }
            Self::TooLarge(_) => "seal fewer or smaller values into one SealedSecret".into(),
            Self::Unreachable(_) | Self::NotKubernetes => {
                "check the network, and the server of the context; choose another with --context NAME"
                    .into()
            }
            Self::NotFound(_)
            | Self::Unavailable(_)
            | Self::ControllerTimedOut(_)
            | Self::Conflict(_)
            | Self::Changed(_)
            | Self::NotController
            | Self::Other(_) => {
                "check --controller-name, --controller-namespace and --context"
                    .into()
            }
        }
    }
}
