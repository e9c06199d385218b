//! [`Target`]: the Secret that stands where a SealedSecret wants its own.

use api::TooManyEntries;
use k8s_openapi::api::core::v1::Secret;
use std::collections::BTreeMap;
use zeroize::Zeroize as _;

/// What stands there.
#[derive(Debug)]
pub(crate) enum Target {
    /// Nothing.
    Absent,
    /// A Secret, with its values.
    Present(Box<ExistingSecret>),
    /// A Secret with so many entries that only a part of it is known.
    Cut(Box<ExistingSecret>, TooManyEntries),
}

impl Target {
    /// Its version.
    pub(crate) fn version(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Present(secret) | Self::Cut(secret, _) => secret.0.metadata.resource_version.clone(),
        }
    }
}

/// A Secret as read. Its values are wiped on drop, and it prints as its name.
pub(crate) struct ExistingSecret(pub(crate) Secret);

impl Drop for ExistingSecret {
    fn drop(&mut self) {
        for value in self.0.data.iter_mut().flat_map(BTreeMap::values_mut) {
            value.0.zeroize();
        }
    }
}

impl std::fmt::Debug for ExistingSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExistingSecret({:?})", self.0.metadata.name)
    }
}
