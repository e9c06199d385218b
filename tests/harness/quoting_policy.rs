//! [`QuotingPolicy`]: an admission policy that refuses Secrets in one namespace, and quotes a value of each in its message.

use std::fmt;
use std::time::Duration;

use anyhow::{Result, ensure};
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::json;

use crate::eventually::eventually;

/// A policy that counts until [`delete`](Self::delete).
#[must_use = "it stays in the cluster until it is deleted"]
pub struct QuotingPolicy {
    client: Client,
    name: String,
}

impl QuotingPolicy {
    /// Refuses Secrets with an item `key` that are created in `namespace`, once the API server has taken notice.
    pub async fn create(client: Client, namespace: &str, key: &str) -> Result<Self> {
        let registration = "admissionregistration.k8s.io/v1";
        let name = format!("quotes-{namespace}");
        let policy = json!({
            "apiVersion": registration, "kind": "ValidatingAdmissionPolicy", "metadata": { "name": name },
            "spec": {
                "matchConstraints": { "resourceRules": [{
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"],
                }] },
                "validations": [{
                    "expression": format!("!has(object.data) || !('{key}' in object.data)"),
                    "messageExpression": format!("'too weak: ' + string(object.data['{key}'])"),
                }],
            },
        });
        let binding = json!({
            "apiVersion": registration, "kind": "ValidatingAdmissionPolicyBinding", "metadata": { "name": name },
            "spec": {
                "policyName": name, "validationActions": ["Deny"],
                "matchResources": { "namespaceSelector": {
                    "matchLabels": { "kubernetes.io/metadata.name": namespace },
                } },
            },
        });
        let params = PostParams::default();
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(client.clone());
        policies.create(&params, &serde_json::from_value(policy)?).await?;
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
        bindings.create(&params, &serde_json::from_value(binding)?).await?;

        let secrets: Api<Secret> = Api::namespaced(client.clone(), namespace);
        let probe = json!({ "metadata": { "name": "probe" }, "stringData": { key: "probe-value" } });
        let probe: Secret = serde_json::from_value(probe)?;
        eventually(Duration::from_secs(30), "the policy counts", async || {
            let created = secrets.create(&params, &probe).await;
            if created.is_ok() {
                secrets.delete("probe", &DeleteParams::default()).await?;
            }
            let refused = created.err().map(|error| error.to_string()).unwrap_or_default();
            ensure!(refused.contains("denied request: too weak"), "not yet: {refused}");
            Ok(())
        })
        .await?;
        Ok(Self { client, name })
    }

    /// Lets Secrets be created again.
    pub async fn delete(self) -> Result<()> {
        let params = DeleteParams::default();
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(self.client.clone());
        bindings.delete(&self.name, &params).await?;
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(self.client);
        policies.delete(&self.name, &params).await?;
        Ok(())
    }
}

impl fmt::Debug for QuotingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotingPolicy").field("name", &self.name).finish_non_exhaustive()
    }
}
