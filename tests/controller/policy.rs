//! Secrets that a policy of the cluster refuses.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::{Condition, ConditionStatus, SealedSecretStatus};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tests::eventually::eventually;
use tests::person::Person;

use crate::stage::{Stage, VALUE};

/// The contract of a Secret that was refused and is tried again: Synced first and False, Ready False, Reconciling True.
fn denied(status: &SealedSecretStatus) -> Result<String> {
    let words: Vec<String> = status
        .conditions
        .iter()
        .map(|condition| format!("{}={:?}", condition.type_, condition.status))
        .collect();
    ensure!(words == ["Synced=False", "Ready=False", "Reconciling=True"], "{words:?}");
    let synced = status.condition(Condition::SYNCED);
    ensure!(synced.is_some_and(|synced| synced.reason.as_deref() == Some("Denied")), "{synced:?}");
    Ok(synced.and_then(|synced| synced.message.clone()).unwrap_or_default())
}

/// A policy on the Secrets of a namespace, once it counts.
struct Policy {
    policies: Api<ValidatingAdmissionPolicy>,
    bindings: Api<ValidatingAdmissionPolicyBinding>,
    name: String,
}

impl Policy {
    /// Refuses each new Secret with an item `v`; the reason decides about the code, which is 422 by default.
    async fn refuse_v(stage: &Stage, namespace: &str, message: &str, reason: Option<&str>) -> Result<Self> {
        let registration = "admissionregistration.k8s.io/v1";
        let policy = json!({
            "apiVersion": registration, "kind": "ValidatingAdmissionPolicy", "metadata": { "name": namespace },
            "spec": {
                "matchConstraints": { "resourceRules": [{
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"],
                }] },
                "validations": [{
                    "expression": "!has(object.data) || !('v' in object.data)",
                    "messageExpression": message,
                    "reason": reason,
                }],
            },
        });
        let binding = json!({
            "apiVersion": registration, "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": { "name": namespace },
            "spec": {
                "policyName": namespace, "validationActions": ["Deny"],
                "matchResources": { "namespaceSelector": {
                    "matchLabels": { "kubernetes.io/metadata.name": namespace },
                } },
            },
        });
        let (params, client) = (PostParams::default(), stage.lab.client());
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(client.clone());
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client);
        policies.create(&params, &serde_json::from_value(policy)?).await?;
        bindings.create(&params, &serde_json::from_value(binding)?).await?;
        // It takes a moment to count: until a Secret like this one is refused.
        let (person, probe) = (&stage.person, probe(namespace));
        eventually(Duration::from_secs(30), "the policy counts", async || {
            let applied = person.apply(&probe).await;
            person.delete_secret(namespace, "probe").await.ok();
            ensure!(applied.is_err());
            Ok(())
        })
        .await?;
        Ok(Self { policies, bindings, name: namespace.to_owned() })
    }

    /// It refuses nothing any more.
    async fn mend(&self) -> Result<()> {
        let validations = json!([{ "expression": "true" }]);
        let patch = Patch::Merge(json!({ "spec": { "validations": validations } }));
        self.policies.patch(&self.name, &PatchParams::default(), &patch).await?;
        Ok(())
    }

    async fn delete(self) -> Result<()> {
        self.bindings.delete(&self.name, &DeleteParams::default()).await?;
        self.policies.delete(&self.name, &DeleteParams::default()).await?;
        Ok(())
    }
}

fn probe(namespace: &str) -> Value {
    let metadata = json!({ "name": "probe", "namespace": namespace });
    json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": { "v": "eA==" } })
}

/// A policy of the cluster may quote what it refuses; whoever may read a status may not read the Secret.
pub(crate) async fn a_policy_that_quotes_a_value_is_not_quoted(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let quotes = "'too weak: ' + string(object.data['v'])";
            let policy = Policy::refuse_v(&stage, namespace, quotes, None).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = denied(&status)?;
            ensure!(message.contains("denied request; why is not shown"), "{message}");
            let event = person.sees_event(namespace, "db", "ErrUpdateFailed").await?;
            let encoded = BASE64_STANDARD.encode(VALUE);
            let log = stage.pod.logs()?;
            for told in [&message, &event, &log] {
                ensure!(!told.contains(VALUE) && !told.contains(encoded.trim_end_matches('=')), "{told}");
            }
            policy.delete().await
        })
        .await
}

/// By each of the codes that a policy may answer with. None of the SealedSecrets is touched.
pub(crate) async fn what_a_policy_refused_is_unsealed_once_it_is_mended(stage: Arc<Stage>) -> Result<()> {
    for reason in [None, Some("Forbidden"), Some("RequestEntityTooLarge")] {
        stage
            .play(async |person, namespace| {
                let policy = Policy::refuse_v(&stage, namespace, "'ask the platform team'", reason).await?;
                let names: Vec<String> = (0..5).map(|number| format!("db{number}")).collect();
                for name in &names {
                    let secret = Person::secret(namespace, name, &json!({ "v": VALUE }));
                    person.seal_and_apply(&secret, &[]).await?;
                }
                for name in &names {
                    let status = person.sees_synced(namespace, name, ConditionStatus::False).await?;
                    let message = denied(&status)?;
                    ensure!(message.contains("ask the platform team"), "{message}");
                    person.sees_no_secret(namespace, name).await?;
                }
                // It is tried again, but the status is not written again where it says the same.
                let before = person.get_sealed(namespace, "db0").await?.resource_version();
                tokio::time::sleep(Duration::from_secs(3)).await;
                let after = person.get_sealed(namespace, "db0").await?.resource_version();
                ensure!(before == after, "the status was written again");

                policy.mend().await?;
                for name in &names {
                    person.sees_values(namespace, name, &[("v", VALUE.as_bytes())]).await?;
                    let status = person.sees_synced(namespace, name, ConditionStatus::True).await?;
                    ensure!(status.observed_generation == Some(1), "somebody touched it");
                }
                policy.delete().await
            })
            .await?;
    }
    Ok(())
}
