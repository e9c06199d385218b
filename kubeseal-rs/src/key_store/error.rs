//! [`KeyStoreError`]: why the cluster's keys could not be read or changed, and what to do about it.

use crate::cluster::session::error::SessionError;
use crate::cluster::session::permission::Permission;
use crate::cluster::session::request_error::RequestError;
use crate::error::Hint;
use crate::terminal::program::name;
use std::fmt;

/// Why the cluster's keys could not be read or changed. Never shows their content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyStoreError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("\"{0}\" cannot be the name of a namespace")]
    Name(String),
    #[error("\"{0}\" cannot be the start of a key's name")]
    Prefix(String),
    #[error("cannot {}", .act.described(.namespace, .server))]
    Request {
        act: Operation,
        server: String,
        namespace: String,
        #[source]
        source: RequestError,
    },
}

impl Hint for KeyStoreError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Session(error) => error.hint().unwrap_or_default(),
            Self::Name(_) => "check --controller-namespace; it names the namespace of the controller".into(),
            Self::Prefix(_) => "check --key-prefix; it is what the controller's --key-prefix says".into(),
            Self::Request {
                act: Operation::ReadObject(object),
                source: RequestError::NotFound(_),
                namespace,
                ..
            } => {
                let create = match object.split_once('/') {
                    Some(("configmap", name)) => format!("configmap {name}"),
                    Some((_, name)) => format!("secret generic {name}"),
                    None => object.clone(),
                };
                format!("make it first, empty: `kubectl create {create} -n {namespace}`")
            }
            Self::Request { source: RequestError::NotFound(_), .. } => {
                format!(
                    "it is gone, or the namespace is; see `{} keys list`, and check --controller-namespace",
                    name()
                )
            }
            Self::Request { act: Operation::WriteObject(_), source: RequestError::Changed(_), .. } => {
                "other clients write into it at the same time; nothing was written: run it again".into()
            }
            Self::Request { source: RequestError::Changed(_), .. } => {
                format!("another client changed it meanwhile; look at it again with `{} keys list`", name())
            }
            Self::Request {
                act: Operation::ListKeys,
                source: source @ RequestError::Forbidden(_),
                namespace,
                ..
            } => format!(
                "{}. It is an administrator's: these Secrets are the private keys, and without further Roles only cluster-admin may read \
                 them. To seal, none of it is needed; `{} inspect FILE` says which key a file was sealed with",
                source.hint(Operation::ListKeys.permission(namespace)),
                name()
            ),
            Self::Request { act, source, namespace, .. } => source.hint(act.permission(namespace)),
        })
    }
}

/// A request about keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    ListKeys,
    /// List the SealedSecrets of all namespaces.
    ListSealedSecrets,
    Label(String),
    Annotate(String),
    Create(String),
    Delete(String),
    /// Read the metadata of an object for a backup, which is written as kind/name.
    ReadObject(String),
    WriteObject(String),
}

impl Operation {
    fn described(&self, namespace: &str, server: &str) -> impl fmt::Display {
        match self {
            Self::ListKeys => format!("list the sealing keys in namespace {namespace} of {server}"),
            Self::ListSealedSecrets => format!("list the SealedSecrets of {server}"),
            Self::Label(name) => format!("label Secret {namespace}/{name} of {server}"),
            Self::Annotate(name) => format!("annotate Secret {namespace}/{name} of {server}"),
            Self::Create(name) => format!("create Secret {namespace}/{name} on {server}"),
            Self::ReadObject(object) => format!("read {object} in namespace {namespace} of {server}"),
            Self::WriteObject(object) => format!("write {object} in namespace {namespace} of {server}"),
            Self::Delete(name) => format!("delete Secret {namespace}/{name} of {server}"),
        }
    }

    fn permission<'a>(&self, namespace: &'a str) -> Permission<'a> {
        let (verb, resource, namespace) = match self {
            Self::ListKeys => ("list", "secrets", Some(namespace)),
            Self::ListSealedSecrets => ("list", "sealedsecrets.bitnami.com", None),
            Self::Label(_) | Self::Annotate(_) => ("patch", "secrets", Some(namespace)),
            Self::Create(_) => ("create", "secrets", Some(namespace)),
            Self::Delete(_) => ("delete", "secrets", Some(namespace)),
            Self::ReadObject(object) => ("get", resource(object), Some(namespace)),
            Self::WriteObject(object) => ("patch", resource(object), Some(namespace)),
        };
        Permission { verb, resource, namespace }
    }
}

/// The resource of an object that is written as kind/name.
fn resource(object: &str) -> &'static str {
    if object.starts_with("configmap/") { "configmaps" } else { "secrets" }
}

impl KeyStoreError {
    /// Whether only a permission is missing.
    pub(crate) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Request { source: RequestError::Forbidden(_), .. })
    }

    /// Whether the object is not as it was read.
    pub(crate) fn is_changed(&self) -> bool {
        matches!(self, Self::Request { source: RequestError::Changed(_), .. })
    }

    /// Whether a repeated request may succeed.
    pub(crate) fn may_pass(&self) -> bool {
        let Self::Request { source, .. } = self else { return false };
        matches!(
            source,
            RequestError::Unavailable(_)
                | RequestError::TooMany(_)
                | RequestError::Unreachable(_)
                | RequestError::Other(_)
        )
    }
}
