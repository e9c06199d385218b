//! Secrets that existed before, with the annotations `managed` and `patch` by which their owner allows SealedSecrets to
//! write them.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::annotations::{MANAGED, PATCH};
use api::{Condition, ConditionStatus};
use kube::ResourceExt as _;
use serde_json::json;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn a_managed_secret_is_taken_over(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut theirs = Person::secret(namespace, "db", &json!({ "theirs": "x", "v": "old" }));
            theirs["metadata"]["annotations"] = json!({ MANAGED: "true" });
            person.apply(&theirs).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let taken = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            ensure!(taken.owner_references().len() == 1, "{:?}", taken.owner_references());
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.delete_sealed(namespace, "db").await?;
            person.sees_no_secret(namespace, "db").await
        })
        .await
}

pub(crate) async fn a_patched_secret_keeps_what_it_had(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut theirs = Person::secret(namespace, "db", &json!({ "theirs": "x", "v": "old" }));
            theirs["metadata"]["annotations"] = json!({ PATCH: "true" });
            theirs["metadata"]["labels"] = json!({ "theirs": "yes" });
            person.apply(&theirs).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let values = [("theirs", &b"x"[..]), ("v", VALUE.as_bytes())];
            let patched = person.sees_values(namespace, "db", &values).await?;
            ensure!(patched.owner_references().is_empty(), "{:?}", patched.owner_references());
            ensure!(patched.labels()["theirs"] == "yes" && patched.annotations()[PATCH] == "true");
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;

            // The controller corrects the items of the SealedSecret, and leaves the others.
            let edit = json!({ "stringData": { "v": "drift", "theirs": "y" } });
            person.patch_secret(namespace, "db", &edit).await?;
            person.sees_values(namespace, "db", &[("theirs", b"y"), ("v", VALUE.as_bytes())]).await?;

            person.delete_sealed(namespace, "db").await?;
            person
                .sees_values(
                    namespace,
                    "db",
                    &values.map(|(key, value)| (key, if key == "v" { value } else { b"y" })),
                )
                .await?;
            Ok(())
        })
        .await
}

pub(crate) async fn a_secret_with_too_many_items_is_left_as_it_is(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let items: BTreeMap<String, &str> = (0..6_000).map(|number| (format!("v{number}"), "")).collect();
            let mut theirs = Person::secret(namespace, "db", &json!(items));
            theirs["metadata"]["annotations"] = json!({ MANAGED: "true" });
            person.apply(&theirs).await?;
            for name in ["db", "other"] {
                person.seal_and_apply(&Person::secret(namespace, name, &json!({ "v": VALUE })), &[]).await?;
            }
            person.sees_values(namespace, "other", &[("v", VALUE.as_bytes())]).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let stalled = status.condition(Condition::STALLED).context("it is not stalled")?;
            let message = stalled.message.clone().unwrap_or_default();
            ensure!(message.contains("more than 5000 entries in data"), "{message}");
            let left = person.get_secret(namespace, "db").await?.data.unwrap_or_default();
            ensure!(left.len() == 6_000, "{} items are left", left.len());

            person.delete_secret(namespace, "db").await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            Ok(())
        })
        .await
}
