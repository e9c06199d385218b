//! From a SealedSecret to its Secret, and their updates and deletion.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::{Condition, ConditionStatus};
use kube::ResourceExt as _;
use serde_json::json;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn seals_and_unseals(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let secret = Person::secret(namespace, "db", &json!({ "password": VALUE, "empty": "" }));
            person.seal_and_apply(&secret, &[]).await?;
            let values = [("password", VALUE.as_bytes()), ("empty", b"")];
            let made = person.sees_values(namespace, "db", &values).await?;
            ensure!(made.type_.as_deref() == Some("Opaque"), "{:?}", made.type_);

            let sealed = person.get_sealed(namespace, "db").await?;
            let [owner] = made.owner_references() else { anyhow::bail!("{:?}", made.owner_references()) };
            ensure!(owner.controller == Some(true) && Some(&owner.uid) == sealed.metadata.uid.as_ref());

            let managers: Vec<_> = made
                .managed_fields()
                .iter()
                .map(|entry| entry.manager.as_deref().unwrap_or_default())
                .collect();
            ensure!(managers == ["sealed-secrets-controller"], "{managers:?}");

            let status = person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let types: Vec<&str> =
                status.conditions.iter().map(|condition| condition.type_.as_str()).collect();
            ensure!(types == [Condition::SYNCED, Condition::READY], "{types:?}");
            let message = person.sees_event(namespace, "db", "Unsealed").await?;
            ensure!(message == "SealedSecret unsealed successfully", "{message}");
            let events = person.events(namespace, "db").await?;
            let source = events[0].source.as_ref().and_then(|source| source.component.as_deref());
            ensure!(source == Some("sealed-secrets"), "{source:?}");
            Ok(())
        })
        .await
}

pub(crate) async fn every_scope_by_flag_and_by_annotation(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            for scope in ["strict", "namespace-wide", "cluster-wide"] {
                let by_flag = format!("flag-{scope}");
                let secret = Person::secret(namespace, &by_flag, &json!({ "v": VALUE }));
                person.seal_and_apply(&secret, &["--scope", scope]).await?;
                person.sees_values(namespace, &by_flag, &[("v", VALUE.as_bytes())]).await?;
            }
            for scope in ["namespace-wide", "cluster-wide"] {
                let by_annotation = format!("annotation-{scope}");
                let mut secret = Person::secret(namespace, &by_annotation, &json!({ "v": VALUE }));
                let annotation = format!("sealedsecrets.bitnami.com/{scope}");
                secret["metadata"]["annotations"] = json!({ annotation: "true" });
                let mut sealed = person.seal(&secret, &[]).await?;
                // The value is bound to no name, so it opens under another one.
                sealed["metadata"]["name"] = json!(format!("{by_annotation}-renamed"));
                person.apply(&sealed).await?;
                let renamed = format!("{by_annotation}-renamed");
                person.sees_values(namespace, &renamed, &[("v", VALUE.as_bytes())]).await?;
            }
            Ok(())
        })
        .await
}

pub(crate) async fn type_labels_and_immutability_come_along(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret =
                Person::secret(namespace, "login", &json!({ "username": "bob", "password": VALUE }));
            secret["type"] = json!("kubernetes.io/basic-auth");
            secret["immutable"] = json!(true);
            secret["metadata"]["labels"] = json!({ "app": "shop" });
            secret["metadata"]["annotations"] = json!({ "team": "zażółć gęślą jaźń" });
            person.seal_and_apply(&secret, &[]).await?;
            let values = [("username", &b"bob"[..]), ("password", VALUE.as_bytes())];
            let made = person.sees_values(namespace, "login", &values).await?;
            ensure!(made.type_.as_deref() == Some("kubernetes.io/basic-auth"));
            ensure!(made.immutable == Some(true));
            ensure!(made.labels()["app"] == "shop");
            ensure!(made.annotations()["team"] == "zażółć gęślą jaźń");
            Ok(())
        })
        .await
}

pub(crate) async fn a_change_of_the_sealed_secret_reaches_the_secret(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let first = Person::secret(namespace, "db", &json!({ "a": "1", "b": "2" }));
            person.seal_and_apply(&first, &[]).await?;
            let made = person.sees_values(namespace, "db", &[("a", b"1"), ("b", b"2")]).await?;
            let second = Person::secret(namespace, "db", &json!({ "b": "3", "c": "4" }));
            person.seal_and_apply(&second, &[]).await?;
            let changed = person.sees_values(namespace, "db", &[("b", b"3"), ("c", b"4")]).await?;
            ensure!(made.metadata.uid == changed.metadata.uid, "changed in place");
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;

            // A change of an annotation does not change the generation, but must be processed.
            let scope = json!({ "metadata": { "annotations": { "sealedsecrets.bitnami.com/cluster-wide": "true" } } });
            person.patch_sealed(namespace, "db", &scope).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = status.conditions[0].message.clone().unwrap_or_default();
            ensure!(message.contains("sealed with scope strict"), "{message}");
            Ok(())
        })
        .await
}

pub(crate) async fn the_secret_goes_with_its_sealed_secret(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.delete_sealed(namespace, "db").await?;
            person.sees_no_secret(namespace, "db").await
        })
        .await
}

pub(crate) async fn a_recreated_sealed_secret_waits_for_its_turn(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let sealed = person.seal(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let mut earlier = None;
            for _ in 0..5 {
                person.apply(&sealed).await?;
                person.sees_synced(namespace, "db", ConditionStatus::True).await?;
                let made = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
                ensure!(made.metadata.uid != earlier, "the Secret of the deleted SealedSecret was kept");
                earlier = made.metadata.uid;
                // The old Secret still exists, and garbage collection is under way, when the next SealedSecret appears.
                person.delete_sealed(namespace, "db").await?;
            }
            Ok(())
        })
        .await
}

pub(crate) async fn many_at_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let names: Vec<String> = (0..100).map(|number| format!("s{number}")).collect();
            let secret = Person::secret(namespace, "any", &json!({ "v": VALUE }));
            let mut sealed = person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            for name in &names {
                sealed["metadata"]["name"] = json!(name);
                person.apply(&sealed).await?;
            }
            for name in &names {
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
                person.sees_values(namespace, name, &[("v", VALUE.as_bytes())]).await?;
            }
            Ok(())
        })
        .await
}
