//! `kubeseal-rs create --from-live --adopt`: a Secret of the cluster becomes a SealedSecret's, and stays the same object.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kube::ResourceExt as _;
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn a_live_secret_is_sealed_and_taken_over(stage: Arc<Stage>) -> Result<()> {
    let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
    stage
        .play(async |person, namespace| {
            for (name, immutable) in [("db", false), ("fixed", true)] {
                let mut live = Person::secret(namespace, name, &json!({ "v": VALUE, "w": "2" }));
                live["metadata"]["labels"] = json!({ "team": "shop" });
                // As client-side `kubectl apply` leaves it.
                live["metadata"]["annotations"] =
                    json!({ "kubectl.kubernetes.io/last-applied-configuration": live.to_string() });
                if immutable {
                    live["immutable"] = json!(true);
                }
                person.apply(&live).await?;
                let before = person.get_secret(namespace, name).await?;

                let args = ["create", "--from-live", name, "-n", namespace, "--adopt", "-o", "json"];
                let written = kubeseal.output(&args, b"").await?;
                let text = String::from_utf8(written.clone())?;
                ensure!(!text.contains(VALUE) && !text.contains(&BASE64_STANDARD.encode(VALUE)), "{text}");
                ensure!(!text.contains("managedFields") && !text.contains("resourceVersion"), "{text}");
                let sealed: Value = serde_json::from_slice(&written)?;
                ensure!(sealed["spec"]["template"]["metadata"]["labels"]["team"] == "shop", "{text}");

                person.apply(&sealed).await?;
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
                let values = [("v", VALUE.as_bytes()), ("w", &b"2"[..])];
                let after = person.sees_values(namespace, name, &values).await?;
                ensure!(after.uid().is_some() && after.uid() == before.uid(), "{name} is another object");
                ensure!(after.owner_references().len() == 1, "{name}: {:?}", after.owner_references());
                ensure!(after.immutable == before.immutable && after.labels()["team"] == "shop");

                let again = kubeseal.run(&args, b"").await?;
                ensure!(again.status.code() == Some(1) && again.stdout.is_empty(), "{again:?}");
                ensure!(
                    again.stderr.contains(&format!("SealedSecret {name} controls the Secret")),
                    "{again:?}"
                );
            }
            Ok(())
        })
        .await
}

/// The annotation would let the SealedSecret that is there write its own values.
pub(crate) async fn nothing_is_handed_over_to_other_values(stage: Arc<Stage>) -> Result<()> {
    let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
    stage
        .play(async |person, namespace| {
            person.apply(&Person::secret(namespace, "db", &json!({ "v": VALUE }))).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "old" })), &[]).await?;
            let args = ["create", "--from-live", "db", "-n", namespace, "--adopt"];
            let refused = kubeseal.run(&args, b"").await?;
            ensure!(refused.status.code() == Some(1) && refused.stdout.is_empty(), "{refused:?}");
            ensure!(refused.stderr.contains("would put its own values into the Secret"), "{refused:?}");
            person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;

            let mut release =
                Person::secret(namespace, "sh.helm.release.v1.shop.v1", &json!({ "release": "x" }));
            release["type"] = json!("helm.sh/release.v1");
            person.apply(&release).await?;
            let name = release["metadata"]["name"].as_str().context("no name")?;
            let refused = kubeseal.run(&["create", "--from-live", name, "-n", namespace], b"").await?;
            ensure!(refused.stderr.contains("Secrets of type helm.sh/release.v1 are made by"), "{refused:?}");
            Ok(())
        })
        .await
}
