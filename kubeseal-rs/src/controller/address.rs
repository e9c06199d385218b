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

    /// The flags that name this controller, as words of a command.
    pub(crate) fn words(&self) -> Vec<String> {
        let names =
            [("--controller-name", &self.name, NAME), ("--controller-namespace", &self.namespace, NAMESPACE)];
        let named = names.into_iter().filter(|(_, value, default)| value != default);
        let named = named.flat_map(|(flag, value, _)| [flag.to_owned(), value.clone()]);
        named.chain(self.cluster.words()).collect()
    }

    /// The flags that find the keys of this controller, as words of a command of `keys`.
    pub(crate) fn words_for_keys(&self) -> Vec<String> {
        let mut words = self.words();
        if self.key_prefix != DEFAULT_PREFIX {
            words.extend(["--key-prefix".to_owned(), self.key_prefix.clone()]);
        }
        words
    }

    /// Refuses names that would lead to other paths of the API server.
    pub(crate) fn check(&self) -> Result<(), ControllerError> {
        match [&self.namespace, &self.name].into_iter().find(|part| !is_object_name(part)) {
            Some(part) => Err(ControllerError::Name(part.clone())),
            None => Ok(()),
        }
    }
}
