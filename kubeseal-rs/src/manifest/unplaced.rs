//! SealedSecrets that name no namespace, as where kustomize or a sync tool adds it. `-n` says which; without one, only what
//! is cluster-wide opens.

use api::Scope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

/// Puts it into `namespace`, where it names none: its metadata, and the whole of it.
pub(crate) fn place(metadata: &mut ObjectMeta, object: &mut Value, namespace: Option<&str>) {
    let Some(namespace) = namespace.filter(|_| names_none(metadata)) else { return };
    metadata.namespace = Some(namespace.to_owned());
    object["metadata"]["namespace"] = json!(namespace);
}

/// Whether it cannot open for want of a namespace.
pub(crate) fn is_unplaced(metadata: &ObjectMeta) -> bool {
    names_none(metadata) && Scope::of(metadata.annotations.as_ref()) != Scope::ClusterWide
}

/// What to do about it.
pub(crate) fn hint() -> String {
    "it names no namespace, and it is bound to one: say which with -n NAMESPACE, that of the cluster's copy, or write it into \
     metadata.namespace"
        .into()
}

fn names_none(metadata: &ObjectMeta) -> bool {
    metadata.namespace.as_deref().is_none_or(str::is_empty)
}
