//! What of a live Secret is sealed. Pure: [`check`] refuses what is not the user's, [`to_seal`] leaves out what belongs to the cluster, and
//! [`made_by`] says which tool manages it.

use crate::cluster::gitops::{is_mark, mark};
use crate::commands::create::live::error::LiveError;
use crate::terminal::escape::shown;
use api::annotations::{MANAGED, PATCH, repeats_object};
use envelope::Plaintext;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use sealing::SecretToSeal;

/// Types of Secrets that controllers of Kubernetes make for themselves.
const OF_KUBERNETES: [&str; 2] = ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"];

/// The start of the types of Secrets in which Helm keeps releases.
const OF_HELM: &str = "helm.sh/release";

/// Refuses a Secret that a controller makes.
pub(crate) fn check(secret: &Secret, is_adopted: bool) -> Result<(), LiveError> {
    let type_ = secret.type_.as_deref().unwrap_or_default();
    if OF_KUBERNETES.contains(&type_) || type_.starts_with(OF_HELM) {
        return Err(LiveError::OfTool(type_.to_owned()));
    }
    match controller_of(secret) {
        Some(owner) if is_adopted => {
            Err(LiveError::Controlled { kind: owner.kind.clone(), name: owner.name.clone() })
        }
        _ => Ok(()),
    }
}

/// The Secret, without what the API server, controllers and tools wrote into its metadata.
///
/// Decided: without finalizers, because they belong to controllers of this cluster, and would keep the Secret from being deleted in another.
pub(crate) fn to_seal(secret: Secret) -> SecretToSeal {
    // A tool's mark on the new Secret would make it a part of what it is not in.
    let is_kept =
        |name: &String| ![MANAGED, PATCH].contains(&name.as_str()) && !is_mark(name) && !repeats_object(name);
    let metadata = secret.metadata;
    SecretToSeal {
        metadata: ObjectMeta {
            name: metadata.name,
            namespace: metadata.namespace,
            labels: metadata.labels.map(|labels| {
                let by_helm =
                    |name: &str, value: &str| name == "app.kubernetes.io/managed-by" && value == "Helm";
                labels.into_iter().filter(|(name, value)| is_kept(name) && !by_helm(name, value)).collect()
            }),
            annotations: metadata
                .annotations
                .map(|annotations| annotations.into_iter().filter(|(name, _)| is_kept(name)).collect()),
            ..ObjectMeta::default()
        },
        type_: secret.type_,
        immutable: secret.immutable,
        data: secret.data.into_iter().flatten().map(|(key, value)| (key, Plaintext::new(value.0))).collect(),
    }
}

/// A clause for what manages the Secret beside the user, and what to do about it.
pub(crate) fn made_by(secret: &Secret) -> Option<String> {
    if let Some(owner) = controller_of(secret).filter(|owner| owner.kind != "SealedSecret") {
        return Some(format!(
            "{} {} controls the Secret: a SealedSecret of the same name does not take it over",
            shown(&owner.kind),
            shown(&owner.name)
        ));
    }
    let metadata = &secret.metadata;
    let annotation = |name: &str| metadata.annotations.as_ref()?.get(name).map(|value| shown(value));
    if let Some(release) = annotation("meta.helm.sh/release-name") {
        return Some(format!(
            "the Secret belongs to the Helm release {release}, which deletes it once its chart has it no more: before that, write \
             `kubectl annotate secret {} -n {} helm.sh/resource-policy=keep`",
            metadata.name.as_deref().unwrap_or_default(),
            metadata.namespace.as_deref().unwrap_or_default()
        ));
    }
    let mark = mark(metadata)?;
    Some(format!(
        "a tool manages the Secret, as {} says: take the Secret out of its source in the same change that adds the SealedSecret",
        shown(mark)
    ))
}

fn controller_of(secret: &Secret) -> Option<&OwnerReference> {
    secret.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn secret(metadata: &Value, type_: &str) -> Secret {
        serde_json::from_value(json!({ "metadata": metadata, "type": type_, "data": { "a": "YQ==" } }))
            .unwrap()
    }

    #[test]
    fn what_controllers_make_is_refused() {
        let owned = json!({ "name": "a", "ownerReferences":
            [{ "apiVersion": "v1", "kind": "Certificate", "name": "web", "uid": "1", "controller": true }] });
        for (metadata, type_, adopted, alone) in [
            (json!({}), "Opaque", true, true),
            (json!({}), "kubernetes.io/service-account-token", false, false),
            (json!({}), "bootstrap.kubernetes.io/token", false, false),
            (json!({}), "helm.sh/release.v1", false, false),
            (owned, "kubernetes.io/tls", false, true),
        ] {
            let secret = secret(&metadata, type_);
            assert_eq!(
                [check(&secret, true).is_ok(), check(&secret, false).is_ok()],
                [adopted, alone],
                "{type_}"
            );
        }
    }

    #[test]
    fn what_belongs_to_the_cluster_is_left_out() {
        let metadata = json!({
            "name": "db", "namespace": "shop", "uid": "1", "resourceVersion": "2", "creationTimestamp": "2026-01-02T03:04:05Z",
            "finalizers": ["a/b"], "managedFields": [{ "manager": "kubectl" }],
            "labels": { "team": "a", "app.kubernetes.io/managed-by": "Helm", "kustomize.toolkit.fluxcd.io/name": "x" },
            "annotations": { "note": "n", MANAGED: "true", PATCH: "true", "meta.helm.sh/release-name": "shop",
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"a\":\"YQ==\"}}" },
        });
        let secret = secret(&metadata, "Opaque");
        let words = made_by(&secret).unwrap();
        assert!(
            words.contains("`kubectl annotate secret db -n shop helm.sh/resource-policy=keep`"),
            "{words}"
        );
        let sealed = to_seal(secret);
        let expected = json!({ "name": "db", "namespace": "shop", "labels": { "team": "a" }, "annotations": { "note": "n" } });
        assert_eq!(serde_json::to_value(&sealed.metadata).unwrap(), expected);
        assert_eq!(sealed.data["a"].expose(), b"a");
    }
}
