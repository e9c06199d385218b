//! [`Reason`]: why a SealedSecret does not open, if its metadata shows that.

use crate::certificate::is_revoked;
use crate::manifest::sealed_secrets::{NAMESPACE_HINT, lacks_namespace};
use api::annotations::CERTIFICATE_FINGERPRINT;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Why a SealedSecret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// It is bound to a namespace, and has none.
    NoNamespace,
    /// The key of its fingerprint annotation was revoked from this machine. Of several reasons this one is printed.
    Revoked,
}

impl Reason {
    /// None if there may be any other reason.
    pub(crate) fn of(metadata: &ObjectMeta) -> Option<Self> {
        let hint = metadata.annotations.as_ref().and_then(|all| all.get(CERTIFICATE_FINGERPRINT));
        if hint.and_then(|hint| hint.parse().ok()).is_some_and(is_revoked) {
            Some(Self::Revoked)
        } else {
            lacks_namespace(metadata).then_some(Self::NoNamespace)
        }
    }

    /// What to do about it.
    pub(crate) fn hint(self) -> String {
        match self {
            Self::Revoked => "it was sealed with a key that leaked and was revoked from this machine: change its values where they come \
                              from, and seal the new ones"
                .into(),
            Self::NoNamespace => NAMESPACE_HINT.into(),
        }
    }
}
