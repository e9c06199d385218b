//! Somebody lays hands on a Secret that a SealedSecret controls.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn a_deleted_secret_comes_back(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let made = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.delete_secret(namespace, "db").await?;
            let again = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            ensure!(made.metadata.uid != again.metadata.uid, "it was never gone");
            Ok(())
        })
        .await
}

pub(crate) async fn an_edited_secret_is_put_right(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret = Person::secret(namespace, "db", &json!({ "v": VALUE }));
            secret["metadata"]["labels"] = json!({ "app": "shop" });
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            for edit in [
                json!({ "stringData": { "v": "another" } }),
                json!({ "stringData": { "added": "x" } }),
                json!({ "data": null }),
                json!({ "metadata": { "labels": { "app": null } } }),
                json!({ "metadata": { "labels": { "added": "x" } } }),
            ] {
                person.patch_secret(namespace, "db", &edit).await?;
                let secret = tests::eventually::eventually(
                    std::time::Duration::from_secs(20),
                    "the labels are right again",
                    async || {
                        let secret = person.get_secret(namespace, "db").await?;
                        let labels = secret.metadata.labels.clone().unwrap_or_default();
                        ensure!(labels.len() == 1 && labels["app"] == "shop", "{labels:?}");
                        Ok(secret)
                    },
                )
                .await;
                ensure!(secret.is_ok(), "after {edit}");
                person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            }
            Ok(())
        })
        .await
}
