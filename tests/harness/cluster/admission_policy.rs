//! [`AdmissionPolicy`]: a `ValidatingAdmissionPolicy` that refuses Secrets in one namespace during a test.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::test::cleanup::Cleanup;
use crate::test::eventually::eventually;

/// Which Secrets are refused, and how.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// The key of an item: Secrets that have it are refused.
    pub key: &'a str,
    /// Whether updates are refused too, and not only creations.
    pub updates: bool,
    /// The policy's message: an expression in CEL, in which the Secret is `object`.
    pub message: &'a str,
    /// The reason in the response, which decides its code. The API server's default is `Invalid`, with 422.
    pub reason: Option<&'a str>,
}

/// A policy that is deleted when this is dropped.
#[derive(Debug)]
pub struct AdmissionPolicy {
    policies: Api<ValidatingAdmissionPolicy>,
    name: String,
    cleanup: Cleanup,
}

impl AdmissionPolicy {
    /// Refuses these Secrets in `namespace`. Returns once the API server enforces the policy, which takes a moment.
    pub async fn create(client: Client, namespace: &str, refused: Refused<'_>) -> Result<Self> {
        let registration = "admissionregistration.k8s.io/v1";
        let name = format!("refuses-{namespace}");
        let Refused { key, updates, message, reason } = refused;
        let operations: &[&str] = if updates { &["CREATE", "UPDATE"] } else { &["CREATE"] };
        let policy = json!({
            "apiVersion": registration, "kind": "ValidatingAdmissionPolicy", "metadata": { "name": name },
            "spec": {
                "matchConstraints": { "resourceRules": [{
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": operations, "resources": ["secrets"],
                }] },
                "validations": [{
                    "expression": format!("!has(object.data) || !('{key}' in object.data)"),
                    "messageExpression": message,
                    "reason": reason,
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
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(client.clone());
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
        // Before the objects exist: if creating them fails half-way, the first must be deleted.
        let cleanup = Cleanup::new(delete(policies.clone(), bindings.clone(), name.clone()));
        let params = PostParams::default();
        policies.create(&params, &serde_json::from_value(policy)?).await.context("cannot create a policy")?;
        bindings.create(&params, &serde_json::from_value(binding)?).await.context("cannot bind a policy")?;

        let secrets: Api<Secret> = Api::namespaced(client, namespace);
        let probe = json!({ "metadata": { "name": "probe" }, "stringData": { key: "probe-value" } });
        let probe: Secret = serde_json::from_value(probe)?;
        eventually(Duration::from_secs(30), "the policy counts", async || {
            let created = secrets.create(&params, &probe).await;
            if created.is_ok() {
                secrets.delete("probe", &DeleteParams::default()).await?;
            }
            let refused = created.err().map(|error| error.to_string()).unwrap_or_default();
            ensure!(refused.contains("denied request"), "not yet: {refused}");
            Ok(())
        })
        .await?;
        Ok(Self { policies, name, cleanup })
    }

    /// The name of the policy and of its binding.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Edits the policy so that it refuses nothing.
    pub async fn relent(&self) -> Result<()> {
        let validations = json!([{ "expression": "true" }]);
        let patch = Patch::Merge(json!({ "spec": { "validations": validations } }));
        self.policies.patch(&self.name, &PatchParams::default(), &patch).await?;
        Ok(())
    }

    /// Deletes the policy before the test is over.
    pub async fn delete(self) -> Result<()> {
        self.cleanup.now().await
    }
}

async fn delete(
    policies: Api<ValidatingAdmissionPolicy>,
    bindings: Api<ValidatingAdmissionPolicyBinding>,
    name: String,
) -> Result<()> {
    let params = DeleteParams::default();
    let unbound = bindings.delete(&name, &params).await;
    let deleted = policies.delete(&name, &params).await;
    for error in [unbound.err(), deleted.err()].into_iter().flatten() {
        let is_gone = matches!(&error, kube::Error::Api(status) if status.is_not_found());
        ensure!(is_gone, "cannot delete the policy {name}: {error}");
    }
    Ok(())
}
