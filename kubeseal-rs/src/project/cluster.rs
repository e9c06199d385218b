//! [`Cluster`]: a cluster of the project file, or a safe for the day when all clusters are lost.

use crate::project::cluster_name::ClusterName;
use crate::terminal::escape::shown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// An entry under `clusters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    pub name: ClusterName,
    pub key: KeySource,
    /// How its controller is reached, and its certificate fetched. Used only after it was accepted for this repository.
    pub connection: Connection,
}

/// Where the public key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A file of the repository, by its path from the root.
    Certificate(PathBuf),
    /// A native public key of age, in the project file itself.
    Recipient(age::x25519::Recipient),
}

/// How a cluster is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Connection {
    /// A context of the user's kubeconfig.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller_namespace: Option<String>,
    /// An `https://` address of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Connection {
    /// Whether the project file says nothing about how to reach the cluster.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Each field as it is here; where it is not, as the other says.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let or =
            |field: fn(&Self) -> &Option<String>| field(self).as_ref().or(field(other).as_ref()).cloned();
        Self {
            context: or(|it| &it.context),
            controller_name: or(|it| &it.controller_name),
            controller_namespace: or(|it| &it.controller_namespace),
            url: or(|it| &it.url),
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { context, controller_name, controller_namespace, url } = self;
        let parts = [
            ("context", context),
            ("controllerName", controller_name),
            ("controllerNamespace", controller_namespace),
            ("url", url),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(field, value)| Some(format!("{field} {}", shown(value.as_ref()?))));
        let text = parts.collect::<Vec<_>>().join(", ");
        f.write_str(if text.is_empty() { "nothing" } else { &text })
    }
}
