//! Watches that end, lose their place in history, or send invalid events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::PostParams;
use rand::RngExt as _;
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::scene::audit::{ExpectedValues, right};
use crate::scene::churn::churn;
use crate::stage::{Stage, started, stop};

/// Changes while no watch is open are found afterwards, though no event reports them.
pub(crate) async fn a_watch_that_lost_its_place(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 2).await?;
            for round in 0..3 {
                let mut wanted = ExpectedValues::new();
                for name in ["untouched", "edited", "deleted", "resealed", "gone", "again"] {
                    scene.apply(name, &sealed[0]).await?;
                    wanted.insert(name.into(), sealed[0].value.clone());
                }
                right(scene, &wanted).await?;
                proxy.set([Rule::on("watch", "*", Fault::Refuse(500, "InternalError", None))]);
                proxy.cut_watches();
                person.patch_secret(namespace, "edited", &json!({ "stringData": { "v": "x" } })).await?;
                person.delete_secret(namespace, "deleted").await?;
                scene.apply("resealed", &sealed[1]).await?;
                person.delete_sealed(namespace, "gone").await?;
                person.delete_sealed(namespace, "again").await?;
                scene.apply("again", &sealed[1]).await?;
                wanted.remove("gone");
                for name in ["resealed", "again"] {
                    wanted.insert(name.into(), sealed[1].value.clone());
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
                let lists =
                    async || [proxy.done("list", "secrets").await, proxy.done("list", "sealedsecrets").await];
                let listed = lists().await;
                // Once each: with two lists, the second could find the change by chance.
                proxy.set([Rule::on("watch", "*", Fault::WatchGone).once_each()]);
                // In the scene's namespace and at home; of Secrets, the two watches of keys list as well, and one looks
                // for keys in the scene's namespace.
                eventually(Duration::from_mins(1), "all is listed anew", async || {
                    let [secrets, sealed] = lists().await;
                    ensure!(
                        secrets >= listed[0] + 5 && sealed >= listed[1] + 2,
                        "{secrets} and {sealed} lists since {listed:?}, {} hits",
                        proxy.hits()
                    );
                    Ok(())
                })
                .await?;
                proxy.heal();
                right(scene, &wanted).await.with_context(|| format!("round {round}"))?;
            }
            ensure!(pod.process_id() == id && scene.keys().await?.len() == 1);
            stop(pod).await
        })
        .await
}

pub(crate) async fn watches_that_end_at_any_time(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 6).await?;
            let faults = [Fault::WatchEnds, Fault::WatchGarbage, Fault::WatchGone, Fault::ResetBefore];
            proxy.set(faults.map(|fault| Rule::on("watch", "*", fault).per_cent(15)));
            let over = AtomicBool::new(false);
            let cutting = async {
                let mut dice = scene.dice();
                for _ in 0..30 {
                    tokio::time::sleep(Duration::from_millis(dice.random_range(50..600))).await;
                    proxy.cut_watches();
                }
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(())
            };
            let churning = churn(scene, &sealed, 20, Duration::from_millis(50), &over);
            let ((), wanted) = tokio::try_join!(cutting, churning)?;
            proxy.heal();
            right(scene, &wanted).await?;
            ensure!(proxy.hits() > 5, "only {} hits", proxy.hits());
            ensure!(pod.process_id() == id && scene.keys().await?.len() == 1);
            stop(pod).await
        })
        .await
}

/// The controller does not wait for a long `Retry-After`: the server may recover within moments.
pub(crate) async fn a_retry_after_of_ten_minutes_is_not_waited_for(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            let busy = Fault::Refuse(503, "ServiceUnavailable", Some(600));
            proxy.set([Rule::on("watch", "*", busy)]);
            proxy.cut_watches();
            eventually(Duration::from_secs(10), "watches are refused", async || {
                ensure!(proxy.hits() >= 2);
                Ok(())
            })
            .await?;
            proxy.heal();
            scene.apply("db", &sealed[0]).await?;
            // Four attempts of less than two seconds, and a delay.
            let wanted = ExpectedValues::from([("db".into(), sealed[0].value.clone())]);
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}

/// The connection is lost without an error: changes are found a minute later.
pub(crate) async fn a_watch_that_has_died_unnoticed(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            proxy.set([Rule::on("watch", "sealedsecrets", Fault::WatchSilent).once_each()]);
            proxy.cut_watches();
            eventually(Duration::from_secs(20), "the watch is silent", async || {
                ensure!(proxy.hits() >= 1);
                Ok(())
            })
            .await?;
            scene.apply("db", &sealed[0]).await?;
            eventually(Duration::from_secs(90), "it is unsealed", async || {
                let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.namespace);
                ensure!(secrets.get_opt("db").await?.is_some());
                Ok(())
            })
            .await?;
            right(scene, &ExpectedValues::from([("db".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}

/// The watch of SealedSecrets shows the statuses before the watch of Secrets shows the Secrets: nothing is read for that.
pub(crate) async fn a_watch_of_secrets_that_is_behind_costs_no_request(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            // In the scene's namespace and at home, and three for keys.
            proxy.set([Rule::on("watch", "secrets", Fault::WatchSilent)]);
            proxy.cut_watches();
            // A watch that was just beginning is not cut, and ends after a minute.
            eventually(Duration::from_secs(75), "the watches are silent", async || {
                ensure!(proxy.hits() >= 5, "{} are", proxy.hits());
                Ok(())
            })
            .await?;
            let read = async || proxy.done("get", "secrets").await;
            let before = read().await;
            let mut wanted = ExpectedValues::new();
            let mut unseal = async |name: String| {
                scene.apply(&name, &sealed[0]).await?;
                scene.person.sees_synced(&scene.namespace, &name, ConditionStatus::True).await?;
                wanted.insert(name, sealed[0].value.clone());
                anyhow::Ok(())
            };
            for number in 0..20 {
                unseal(format!("s{number}")).await?;
            }
            // Each is reconciled once for its status, and once for this.
            let note = json!({ "metadata": { "annotations": { "note": "after" } } });
            for number in 0..20 {
                scene.person.patch_sealed(&scene.namespace, &format!("s{number}"), &note).await?;
            }
            // The watch shows it after all of these.
            unseal("last".into()).await?;
            let meanwhile = read().await - before;
            ensure!(meanwhile == 0, "{meanwhile} Secrets were read");
            scene.person.delete_secret(&scene.namespace, "s7").await?;
            proxy.heal();
            proxy.cut_watches();
            right(scene, &wanted).await.context("a Secret that was deleted before the watch showed it")?;
            ensure!(
                read().await <= before + 1,
                "beside the deleted one, {} Secrets were read",
                read().await - before - 1
            );
            stop(pod).await
        })
        .await
}

/// Refused because of a Secret that only the API server showed: a list without that Secret is a change.
pub(crate) async fn a_foreign_secret_that_came_and_went_unseen(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            proxy.set([Rule::on("watch", "secrets", Fault::Refuse(500, "InternalError", None))]);
            proxy.cut_watches();
            tokio::time::sleep(Duration::from_secs(1)).await;
            scene.expects_refusals();
            let foreign = Person::secret(namespace, "db", &json!({ "v": "foreign" }));
            let secrets: Api<Secret> = Api::namespaced(scene.client(), namespace);
            secrets.create(&PostParams::default(), &serde_json::from_value(foreign)?).await?;
            scene.apply("db", &sealed[0]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            person.delete_secret(namespace, "db").await?;
            // No watch event reports the change.
            proxy.set([Rule::on("watch", "secrets", Fault::WatchGone).once_each()]);
            let wanted = ExpectedValues::from([("db".into(), sealed[0].value.clone())]);
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}
