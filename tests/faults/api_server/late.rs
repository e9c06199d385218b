//! Requests that hang until the controller has given them up, and are carried out after that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::network::http_client::http_client;

use crate::process::killed::usr1;
use crate::scene::audit::{ExpectedValues, one_key_for_each_date, right};
use crate::scene::churn::churn;
use crate::stage::{Stage, started, stop};

/// The controller waits for half a minute.
const TOO_LONG: Duration = Duration::from_secs(36);

/// A status of an earlier write must not replace the present one.
pub(crate) async fn an_answer_that_comes_too_late(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 3).await?;
            let mut wanted = ExpectedValues::new();
            for (name, verb, resource) in [
                ("create", "create", "secrets"),
                ("update", "update", "secrets"),
                ("status", "update", "sealedsecrets/status"),
            ] {
                if verb == "update" {
                    scene.apply(name, &sealed[0]).await?;
                    scene.person.sees_synced(&scene.namespace, name, ConditionStatus::True).await?;
                }
                let hits = proxy.hits() + 1;
                proxy.set([Rule::on(verb, resource, Fault::Late(TOO_LONG)).times(1)]);
                scene.apply(name, &sealed[1]).await?;
                tests::test::eventually::eventually(
                    Duration::from_secs(30),
                    "one request hangs",
                    async || {
                        ensure!(proxy.hits() == hits);
                        Ok(())
                    },
                )
                .await?;
                wanted.insert(name.into(), sealed[1].value.clone());
            }
            // No other object waits for these requests.
            let start = Instant::now();
            scene.apply("other", &sealed[0]).await?;
            scene.person.sees_synced(&scene.namespace, "other", ConditionStatus::True).await?;
            ensure!(start.elapsed() < TOO_LONG / 2, "another object took {:?}", start.elapsed());
            wanted.insert("other".into(), sealed[0].value.clone());
            // The objects have changed by the time the requests are carried out.
            tokio::time::sleep(TOO_LONG.saturating_sub(start.elapsed() + Duration::from_secs(4))).await;
            for name in ["create", "update", "status"] {
                scene.apply(name, &sealed[2]).await?;
                wanted.insert(name.into(), sealed[2].value.clone());
            }
            tokio::time::sleep(Duration::from_secs(6)).await;
            right(scene, &wanted).await?;
            ensure!(pod.process_id() == id);
            stop(pod).await
        })
        .await
}

/// Some requests take a while, some longer than any time-out.
pub(crate) async fn requests_that_hang_at_any_time(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 6).await?;
            proxy.set([
                Rule::always(Fault::Late(TOO_LONG)).per_cent(4).times(6),
                Rule::always(Fault::Late(Duration::from_millis(1_500))).per_cent(20),
                Rule::always(Fault::Late(Duration::from_millis(200))).per_cent(20),
                Rule::always(Fault::LateAnswer(Duration::from_millis(1_500))).per_cent(20),
            ]);
            let over = AtomicBool::new(false);
            let hanging = async {
                tokio::time::sleep(Duration::from_secs(15)).await;
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(())
            };
            let churning = churn(scene, &sealed, 12, Duration::from_millis(60), &over);
            let ((), wanted) = tokio::try_join!(hanging, churning)?;
            proxy.heal();
            ensure!(proxy.hits() > 20, "only {} hits", proxy.hits());
            // The last delayed requests arrive, too.
            tokio::time::sleep(TOO_LONG).await;
            right(scene, &wanted).await?;
            ensure!(pod.process_id() == id);
            stop(pod).await
        })
        .await
}

/// The requests that store a key and that read it back: given up, carried out later, and repeated.
pub(crate) async fn a_new_key_that_hangs_on_its_way(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            for (keys, verb) in [(2, "create"), (3, "list")] {
                proxy.set([Rule::on(verb, "secrets", Fault::Late(TOO_LONG)).times(1)]);
                let start = Instant::now();
                usr1(&pod)?;
                scene.sees_keys(keys, TOO_LONG * 2).await.with_context(|| format!("{verb} hangs"))?;
                ensure!(start.elapsed() > TOO_LONG / 2, "nothing hung");
                tokio::time::sleep((TOO_LONG + Duration::from_secs(2)).saturating_sub(start.elapsed())).await;
                one_key_for_each_date(scene, keys).await.with_context(|| format!("{verb} hung"))?;
            }
            scene.expects_keys(3);
            stop(pod).await
        })
        .await
}

/// The first key of a cluster, in whichever order the requests arrive.
pub(crate) async fn a_first_key_that_hangs_on_its_way(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            // The requests that store the name's seed, and the key.
            proxy.set([Rule::on("create", "secrets", Fault::Late(TOO_LONG)).times(2)]);
            let pod = scene.pod()?.through(&proxy.url()).start(&scene.lab).await?;
            let start = Instant::now();
            scene.sees_keys(1, TOO_LONG * 3).await?;
            ensure!(start.elapsed() > TOO_LONG && proxy.hits() == 2, "{} hits", proxy.hits());
            tokio::time::sleep((TOO_LONG * 2).saturating_sub(start.elapsed()) + Duration::from_secs(2)).await;
            one_key_for_each_date(scene, 1).await?;
            stop(pod).await
        })
        .await
}

/// A long list of namespaces, none of which can be listed yet: the certificate is served, and the state of the others
/// is reported.
pub(crate) async fn lists_that_hang_keep_no_certificate_waiting(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            proxy.set([Rule::on("list", "sealedsecrets", Fault::Late(TOO_LONG))]);
            let namespaces: Vec<String> =
                (0..200).map(|number| format!("{}-{number}", scene.namespace)).collect();
            let namespaces = format!("{},{}", scene.namespace, namespaces.join(","));
            let start = Instant::now();
            let pod = scene.pod()?.through(&proxy.url()).flag("additional-namespaces", &namespaces);
            let mut pod = pod.start(&scene.lab).await?;
            let served = tests::test::eventually::eventually(
                Duration::from_secs(20),
                "a certificate is served",
                async || scene.certificate(&pod).await,
            )
            .await?;
            let readyz = http_client().build()?.get(format!("{}/readyz", pod.url()));
            let (code, said) = {
                let answer = readyz.send().await?;
                (answer.status(), answer.text().await?)
            };
            ensure!(start.elapsed() < TOO_LONG, "the lists were waited for");
            ensure!(code == 503 && said.contains("[-] SealedSecrets and Secrets listed"), "{said}");
            proxy.heal();
            pod.wait_ready().await?;
            ensure!(scene.certificate(&pod).await? == served);
            let sealed = scene.seal(&pod, 1).await?;
            scene.apply("db", &sealed[0]).await?;
            right(scene, &ExpectedValues::from([("db".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}
