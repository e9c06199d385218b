//! By which labels, annotations and field managers an object shows that a tool applies it from a source, such as Git, and would write it again.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Starts of the labels and annotations by which tools know what they manage.
const MARKS: [&str; 6] = [
    "meta.helm.sh/",
    "argocd.argoproj.io/instance",
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/installation-id",
    "kustomize.toolkit.fluxcd.io/",
    "helm.toolkit.fluxcd.io/",
];

/// The names under which tools write: Flux's controllers, and Argo CD, which may track by a label that others use as well.
const MANAGERS: [&str; 4] =
    ["kustomize-controller", "helm-controller", "argocd-controller", "argocd-application-controller"];

/// Whether a label or annotation of this name is a tool's mark.
pub(crate) fn is_mark(name: &str) -> bool {
    MARKS.iter().any(|mark| name.starts_with(mark))
}

/// The label or annotation that is a tool's mark.
pub(crate) fn mark(metadata: &ObjectMeta) -> Option<&str> {
    let names = metadata.labels.iter().flatten().chain(metadata.annotations.iter().flatten());
    names.map(|(name, _)| name.as_str()).find(|name| is_mark(name))
}

/// The mark, or else the field manager, of a tool that applies the object from a source.
pub(crate) fn keeper<'a>(
    metadata: &'a ObjectMeta,
    mut managers: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    mark(metadata).or_else(|| managers.find(|manager| MANAGERS.contains(manager)))
}
