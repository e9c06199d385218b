//! [`Subject`]: the result of reading, beside the facts; and [`Target`], the existing Secret with the name of a
//! SealedSecret.

use crate::keys::store::wipe::wipe;
use crate::unseal::read::object_reader::Spec;
use api::TooManyEntries;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::time::Duration;

/// The result of reading.
#[derive(Debug)]
pub(crate) enum Subject {
    /// The Secret is unchanged.
    Settled,
    /// Another client edited the Secret again, and the next correction has to wait this long.
    Contested(Duration),
    /// The SealedSecret is to be opened.
    Open(Box<Open>),
}

/// What opening needs.
#[derive(Debug)]
pub(crate) struct Open {
    pub target: Target,
    /// The metadata of the SealedSecret, with all annotations that are read.
    pub metadata: ObjectMeta,
    pub spec: Spec,
}

/// The existing Secret, if there is one.
#[derive(Debug)]
pub(crate) enum Target {
    Absent,
    /// A Secret, with its values.
    Present(Box<ExistingSecret>),
    /// A Secret with so many entries that only a part of it is read.
    Cut(Box<ExistingSecret>, TooManyEntries),
}

impl Target {
    /// The version of the Secret.
    pub(crate) fn version(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Present(secret) | Self::Cut(secret, _) => secret.0.metadata.resource_version.clone(),
        }
    }

    /// Whether there is a Secret that is immutable.
    pub(crate) fn is_immutable(&self) -> bool {
        matches!(self, Self::Present(existing) if existing.0.immutable == Some(true))
    }
}

/// A Secret as read. Its values are wiped on drop, and it prints as its name.
pub(crate) struct ExistingSecret(pub(crate) Secret);

impl Drop for ExistingSecret {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl std::fmt::Debug for ExistingSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExistingSecret({:?})", self.0.metadata.name)
    }
}
