//! What clients of upstream's controller rely on in the status.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ObservedSealedSecret;
use kube::api::{Api, DynamicObject, PostParams};
use kube::core::discovery::ApiResource;
use serde_json::{Value, json};
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

const SOON: Duration = Duration::from_mins(1);

/// The times of the condition Synced: of its last transition, and of its last update.
fn times(object: &DynamicObject) -> Result<[String; 2]> {
    let conditions = object.data["status"]["conditions"].as_array().context("no conditions")?;
    let synced = conditions.iter().find(|condition| condition["type"] == "Synced").context("no Synced")?;
    let time = |name: &str| synced[name].as_str().map(str::to_owned).context(name.to_owned());
    Ok([time("lastTransitionTime")?, time("lastUpdateTime")?])
}

/// As upstream's integration suite: a status means that the object was processed, so that nothing is written any more,
/// and an update of what is read then causes no conflict.
pub(crate) async fn who_waits_for_a_status_may_update(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let resource = ApiResource::erase::<ObservedSealedSecret>(&());
            let objects = Api::<DynamicObject>::namespaced_with(stage.lab.client(), namespace, &resource);
            let sealed = async |value: &str| -> Result<DynamicObject> {
                let secret = Person::secret(namespace, "db", &json!({ "v": value }));
                Ok(serde_json::from_value(person.seal(&secret, &[]).await?)?)
            };
            let params = PostParams::default();
            let (first, second) = (sealed(VALUE).await?, sealed("another").await?);
            let created = objects.create(&params, &first).await?;
            ensure!(created.data.get("status").is_none_or(Value::is_null), "{:?}", created.data["status"]);
            eventually(SOON, "there is a status", async || {
                let status = &objects.get("db").await?.data["status"];
                ensure!(!status.is_null());
                Ok(())
            })
            .await?;
            let mut read = objects.get("db").await?;
            ensure!(read.data["status"]["observedGeneration"] == 1, "{}", read.data["status"]);
            let [transition, update] = times(&read)?;
            ensure!(transition == update, "{transition} {update}");

            tokio::time::sleep(Duration::from_secs(1)).await;
            read.data["spec"] = second.data["spec"].clone();
            objects.replace("db", &params, &read).await?;
            let processed = eventually(SOON, "the second generation is processed", async || {
                let read = objects.get("db").await?;
                ensure!(read.data["status"]["observedGeneration"] == 2, "{}", read.data["status"]);
                Ok(read)
            })
            .await?;
            let [second_transition, second_update] = times(&processed)?;
            ensure!(second_transition == transition, "it was synced all the time");
            ensure!(second_update != update, "the status does not have the time of the second update");
            person.sees_values(namespace, "db", &[("v", b"another")]).await.map(drop)
        })
        .await
}
