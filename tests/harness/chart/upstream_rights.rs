//! The permissions that upstream's controller needs and our chart does not grant: for tests that run upstream's
//! controller in our Deployment.

use anyhow::{Context as _, Result};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

const NAME: &str = "upstream-sealed-secrets";

/// Grants them to a service account. A second call for another account takes them from the first.
pub async fn grant(client: &Client, namespace: &str, service_account: &str) -> Result<()> {
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": { "name": NAME },
        "rules": [
            // It updates where ours patches, and deletes where ours leaves it to garbage collection.
            { "apiGroups": ["bitnami.com"], "resources": ["sealedsecrets"], "verbs": ["get", "list", "watch"] },
            { "apiGroups": ["bitnami.com"], "resources": ["sealedsecrets/status"], "verbs": ["update", "patch"] },
            {
                "apiGroups": [""],
                "resources": ["secrets"],
                "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
            },
            { "apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"] },
            { "apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"] },
        ],
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": { "name": NAME },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME },
        "subjects": [{ "kind": "ServiceAccount", "namespace": namespace, "name": service_account }],
    });
    let params = PatchParams::apply("sealed-secrets-tests").force();
    let roles: Api<ClusterRole> = Api::all(client.clone());
    roles.patch(NAME, &params, &Patch::Apply(role)).await.context("cannot grant upstream's role")?;
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    bindings.patch(NAME, &params, &Patch::Apply(binding)).await.context("cannot bind upstream's role")?;
    Ok(())
}
