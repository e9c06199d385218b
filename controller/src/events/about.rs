//! [`About`]: which object an event is about, in which version.

use k8s_openapi::api::core::v1::{ObjectReference, Secret};
use kube::{Resource, ResourceExt as _};

/// One version of one object, for an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct About {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    pub uid: Option<String>,
    pub resource_version: Option<String>,
}

impl About {
    /// About an object of the kind of `T`; its metadata is enough.
    pub(crate) fn object<T: Resource<DynamicType = ()>>(object: &impl Resource) -> Self {
        Self {
            api_version: T::api_version(&()).into_owned(),
            kind: T::kind(&()).into_owned(),
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
            uid: object.uid(),
            resource_version: object.resource_version(),
        }
    }

    /// About a Secret; its metadata is enough.
    pub(crate) fn secret(secret: &impl Resource) -> Self {
        Self::object::<Secret>(secret)
    }

    pub(crate) fn into_reference(self) -> ObjectReference {
        ObjectReference {
            api_version: Some(self.api_version),
            kind: Some(self.kind),
            namespace: Some(self.namespace),
            name: Some(self.name),
            uid: self.uid,
            resource_version: self.resource_version,
            field_path: None,
        }
    }
}
