//! Logins to OpenBao with tokens of service accounts, which it checks at a control plane's API server.

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use crate::control_plane::ControlPlane;
use crate::kms::open_bao::OpenBao;

/// Namespace and name of OpenBao's own service account, which may review tokens.
const REVIEWER: &str = "openbao";
/// Where the method is enabled.
pub const MOUNT: &str = "kubernetes";

/// Which service account may log in under the name of a role, and what it may do then.
#[derive(Debug, Clone, Copy)]
pub struct Role<'a> {
    /// Its name.
    pub name: &'a str,
    /// The namespace of the service account.
    pub namespace: &'a str,
    /// The name of the service account.
    pub service_account: &'a str,
    /// The audience that its token must have.
    pub audience: &'a str,
    /// The policy of those who logged in.
    pub policy: &'a str,
    /// For how many seconds a login is valid.
    pub seconds: u32,
}

impl OpenBao {
    /// Enables logins with tokens of this control plane.
    pub async fn enable_kubernetes_auth(&self, control_plane: &ControlPlane) -> Result<()> {
        let reviewer = reviewer(control_plane).await?;
        self.set(&format!("sys/auth/{MOUNT}"), &json!({ "type": "kubernetes" })).await?;
        let configuration = json!({
            "kubernetes_host": control_plane.url(),
            "kubernetes_ca_cert": control_plane.ca(),
            "token_reviewer_jwt": reviewer,
            // It runs in no Pod.
            "disable_local_ca_jwt": true,
        });
        self.set(&format!("auth/{MOUNT}/config"), &configuration).await
    }

    /// Writes a role.
    pub async fn write_role(&self, role: &Role<'_>) -> Result<()> {
        let body = json!({
            "bound_service_account_names": role.service_account,
            "bound_service_account_namespaces": role.namespace,
            "audience": role.audience,
            "token_policies": role.policy,
            "token_ttl": role.seconds,
        });
        self.set(&format!("auth/{MOUNT}/role/{}", role.name), &body).await
    }

    /// Logs in with the token of a service account; returns OpenBao's own token.
    pub async fn log_in(&self, role: &str, token: &str) -> Result<String> {
        let body = json!({ "role": role, "jwt": token });
        let answer = self.post("", &format!("auth/{MOUNT}/login"), &body).await?.success()?;
        Ok(answer["auth"]["client_token"].as_str().context("no token")?.to_owned())
    }
}

/// The token of a service account that may review tokens.
async fn reviewer(control_plane: &ControlPlane) -> Result<String> {
    let client = control_plane.client();
    let force = PatchParams::apply("openbao-test").force();
    let apply = |value: Value| Patch::Apply(value);
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": REVIEWER } });
    Api::<Namespace>::all(client.clone()).patch(REVIEWER, &force, &apply(namespace)).await?;
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": REVIEWER } });
    Api::<ServiceAccount>::namespaced(client.clone(), REVIEWER)
        .patch(REVIEWER, &force, &apply(account))
        .await?;
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "openbao-reviews-tokens" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator" },
        "subjects": [{ "kind": "ServiceAccount", "name": REVIEWER, "namespace": REVIEWER }],
    });
    Api::<ClusterRoleBinding>::all(client).patch("openbao-reviews-tokens", &force, &apply(binding)).await?;
    control_plane.token(REVIEWER, REVIEWER).await
}
