//! [`ControllerAddress`]: which controller of which cluster.

use crate::cluster::Cluster;
use crate::controller::error::ControllerError;
use crate::manifest::names::is_object_name;
use crate::settings::flag_value::text;
use api::sealing_key::DEFAULT_PREFIX;

/// The controller's defaults, which are upstream's.
const NAME: &str = "sealed-secrets-controller";
const NAMESPACE: &str = "kube-system";

/// The controller: its Service, and the names of its keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct ControllerAddress {
    pub cluster: Cluster,
    pub namespace: String,
    pub name: String,
    /// Whether a flag, the environment or the project file gives the name, which is then never replaced.
    pub is_name_stated: bool,
    /// Start of the names of its keys; and the whole name of a key from before there were labels.
    pub key_prefix: String,
}

impl ControllerAddress {
    /// The controller that flags name; a flag that is not given, or empty, stands for the default.
    pub(crate) fn from_args(
        name: Option<String>,
        namespace: Option<String>,
        key_prefix: Option<String>,
        cluster: &Cluster,
    ) -> Self {
        let or = |value: Option<String>, default: &str| text(value).unwrap_or_else(|| default.to_owned());
        let name = text(name);
        Self {
            cluster: cluster.clone(),
            is_name_stated: name.is_some(),
            name: or(name, NAME),
            namespace: or(namespace, NAMESPACE),
            key_prefix: or(key_prefix, DEFAULT_PREFIX),
        }
    }

    /// Namespace and name of the Service.
    pub(crate) fn service(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Refuses names that would lead to other paths of the API server.
    pub(crate) fn check(&self) -> Result<(), ControllerError> {
        match [&self.namespace, &self.name].into_iter().find(|part| !is_object_name(part)) {
            Some(part) => Err(ControllerError::Name(part.clone())),
            None => Ok(()),
        }
    }
}
