//! The permissions that upstream's controller needs and our chart does not grant: for tests that run upstream's
//! controller in our Deployment.

use anyhow::{Context as _, Result};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, RoleBinding};
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

const NAME: &str = "upstream-sealed-secrets";

/// Grants them to a service account, in all namespaces. A second call for another account takes them from the first.
pub async fn grant(client: &Client, namespace: &str, service_account: &str) -> Result<()> {
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let binding = binding("ClusterRoleBinding", namespace, service_account);
    apply_role(client).await?;
    bindings.patch(NAME, &params(), &Patch::Apply(binding)).await.context("cannot bind upstream's role")?;
    Ok(())
}

/// Grants them to a service account, in its own namespace.
pub async fn grant_within(client: &Client, namespace: &str, service_account: &str) -> Result<()> {
    let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), namespace);
    let binding = binding("RoleBinding", namespace, service_account);
    apply_role(client).await?;
    bindings.patch(NAME, &params(), &Patch::Apply(binding)).await.context("cannot bind upstream's role")?;
    Ok(())
}

async fn apply_role(client: &Client) -> Result<()> {
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": { "name": NAME },
        "rules": [
            // It deletes where ours leaves it to garbage collection.
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
    let roles: Api<ClusterRole> = Api::all(client.clone());
    roles.patch(NAME, &params(), &Patch::Apply(role)).await.context("cannot grant upstream's role")?;
    Ok(())
}

fn binding(kind: &str, namespace: &str, service_account: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": { "name": NAME },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME },
        "subjects": [{ "kind": "ServiceAccount", "namespace": namespace, "name": service_account }],
    })
}

fn params() -> PatchParams {
    PatchParams::apply("sealed-secrets-tests").force()
}
