//! By which labels, annotations and field managers an object shows that a tool applies it from a source, such as Git, and would write it again;
//! or that it was applied with kubectl.

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

/// What `kubectl apply` leaves on the object: the annotation, and without `--server-side` this manager, or with it that one.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const APPLIED: [(&str, &str); 2] = [("kubectl-client-side-apply", "Update"), ("kubectl", "Apply")];

/// Whether a label or annotation of this name is a tool's mark.
pub(crate) fn is_mark(name: &str) -> bool {
    MARKS.iter().any(|mark| name.starts_with(mark))
}

/// The label or annotation that is a tool's mark.
pub(crate) fn mark(metadata: &ObjectMeta) -> Option<&str> {
    let names = metadata.labels.iter().flatten().chain(metadata.annotations.iter().flatten());
    names.map(|(name, _)| name.as_str()).find(|name| is_mark(name))
}

/// How the present object came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// A tool applies it from a source, as this mark or field manager shows.
    Tool(String),
    /// It was applied with kubectl, perhaps from a file that is kept.
    Kubectl,
}

impl Keeper {
    /// By the object's metadata, and the managers of its fields, with what they did.
    pub(crate) fn of<'a>(
        metadata: &ObjectMeta,
        managers: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Option<Self> {
        let tool = managers.clone().map(|(name, _)| name).find(|name| MANAGERS.contains(name));
        if let Some(name) = mark(metadata).or(tool) {
            return Some(Self::Tool(name.to_owned()));
        }
        let is_annotated = metadata.annotations.iter().flatten().any(|(name, _)| name == LAST_APPLIED);
        let is_applied = is_annotated || managers.into_iter().any(|manager| APPLIED.contains(&manager));
        is_applied.then_some(Self::Kubectl)
    }
}
