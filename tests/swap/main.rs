//! An installation of upstream's chart is changed to our program by its image alone, back, and to ours again: the
//! change writes no Secret and no key, the statuses stay right, and each program uses the keys of the other, without
//! permissions or arguments that the chart does not give. And a change to our chart: [`side_by_side`].

mod installation;
mod side_by_side;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};
use serde_json::json;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::test::suite;
use tests::test::temp_namespace::with_temp_ns;
use tests::tests;
use tests::user::person::Person;
use tokio::process::Command;

use self::installation::{HOME, Installation};

fn main() -> ExitCode {
    suite::run(
        installation::install,
        tests![
            the_image_is_changed_and_changed_back,
            side_by_side::an_upgrade_to_our_chart_runs_both_for_a_moment,
        ],
    )
}

async fn start(installation: &Installation, maker: Maker) -> Result<Pod> {
    let pod = Pod::of(&installation.deployment).maker(maker).in_cluster();
    let mut pod = pod.flag("key-size", "2048").start(&installation.lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}

/// Each Secret's UID and version, by its name.
type Written = BTreeMap<String, (Option<String>, Option<String>)>;

async fn written(lab: &Lab, namespace: &str, labels: &str) -> Result<Written> {
    let secrets: Api<Secret> = Api::namespaced(lab.client(), namespace);
    let there = secrets.list(&ListParams::default().labels(labels)).await?.items;
    let what = |it: Secret| (it.name_any(), (it.metadata.uid, it.metadata.resource_version));
    Ok(there.into_iter().map(what).collect())
}

/// The Secrets with the annotation of the spec that they were unsealed from.
async fn marked(lab: &Lab, namespace: &str) -> Result<Vec<String>> {
    let secrets: Api<Secret> = Api::namespaced(lab.client(), namespace);
    let there = secrets.list(&ListParams::default()).await?.items;
    let is_marked = |it: &Secret| it.annotations().contains_key(api::annotations::UNSEALED_FROM);
    Ok(there.iter().filter(|it| is_marked(it)).map(kube::ResourceExt::name_any).collect())
}

/// Makes a running controller create a key, as an administrator does; returns the new certificate.
async fn renewed(lab: &Lab, pod: &Pod, old: &[u8]) -> Result<Vec<u8>> {
    let process = pod.process_id().context("it ended")?.to_string();
    ensure!(Command::new("kill").args(["-USR1", &process]).status().await?.success(), "kill failed");
    let kubeseal = lab.kubeseal(Maker::Upstream)?;
    eventually(Duration::from_mins(1), "a new certificate is served", async || {
        let served = kubeseal.output(&["--fetch-cert"], b"").await?;
        ensure!(served != old, "still the old one");
        Ok(served)
    })
    .await
}

async fn the_image_is_changed_and_changed_back(installation: Arc<Installation>) -> Result<()> {
    let lab = &installation.lab;
    let _turn = installation.turn.lock().await;
    with_temp_ns(lab, async |namespace| {
        let person = Person::with(lab, Maker::Ours)?;
        let kubeseal = lab.kubeseal(Maker::Upstream)?;
        let certificates = tempfile::tempdir()?;
        let secret = |name: &str, value: &str| Person::secret(namespace, name, &json!({ "v": value }));
        let right = async |name: &str, value: &str| {
            person.sees_values(namespace, name, &[("v", value.as_bytes())]).await?;
            person.sees_synced(namespace, name, ConditionStatus::True).await
        };
        // Sealed to a certificate that was fetched earlier.
        let apply_sealed_to = async |certificate: &[u8], name: &str| {
            let file = certificates.path().join(name);
            std::fs::write(&file, certificate)?;
            person.seal_and_apply(&secret(name, name), &["--cert", &file.display().to_string()]).await
        };
        // Starts the other program, which must serve this certificate and leave every Secret and every key unchanged.
        // Upstream's removes our annotation from Secrets that were edited under ours, which is one write each; it
        // recreates none.
        let change_to = async |maker: Maker, certificate: &[u8], marker: &str| {
            let mut secrets = written(lab, namespace, "").await?;
            let marked = if maker == Maker::Upstream { marked(lab, namespace).await? } else { Vec::new() };
            let keys = written(lab, HOME, sealing_key::LABEL).await?;
            let pod = start(&installation, maker).await?;
            let served = kubeseal.output(&["--fetch-cert"], b"").await?;
            ensure!(served == certificate, "another certificate");
            // It is processed after all objects that existed before.
            person.seal_and_apply(&secret(marker, marker), &[]).await?;
            right(marker, marker).await?;
            let mut now = written(lab, namespace, "").await?;
            now.retain(|name, _| name != marker);
            for name in &marked {
                for state in [&mut secrets, &mut now] {
                    state.get_mut(name).context("a Secret is gone")?.1 = None;
                }
            }
            ensure!(now == secrets, "{maker:?} wrote Secrets: {secrets:?}, then {now:?}");
            let now = written(lab, HOME, sealing_key::LABEL).await?;
            ensure!(now == keys, "{maker:?} wrote keys: {keys:?}, then {now:?}");
            anyhow::Ok(pod)
        };

        let upstreams = start(&installation, Maker::Upstream).await?;
        let first = kubeseal.output(&["--fetch-cert"], b"").await?;
        person.seal_and_apply(&secret("first", "1"), &[]).await?;
        right("first", "1").await?;
        upstreams.stop().await?;

        let ours = change_to(Maker::Ours, &first, "ours").await?;
        person.seal_and_apply(&secret("second", "2"), &[]).await?;
        let status = right("second", "2").await?;
        let ready = status.condition(Condition::READY).context("our controller says whether it is ready")?;
        ensure!(ready.status == ConditionStatus::True);
        person.seal_and_apply(&secret("first", "1b"), &[]).await?;
        right("first", "1b").await?;
        person.patch_secret(namespace, "second", &json!({ "stringData": { "v": "edited" } })).await?;
        right("second", "2").await?;
        let second = renewed(lab, &ours, &first).await?;
        for (certificate, name) in [(&first, "to-upstreams-key"), (&second, "to-our-key")] {
            apply_sealed_to(certificate, name).await?;
            right(name, name).await?;
        }
        ensure!(ours.stop().await?.success());

        let upstreams = change_to(Maker::Upstream, &second, "upstreams").await?;
        right("first", "1b").await?;
        person.seal_and_apply(&secret("second", "2c"), &[]).await?;
        right("second", "2c").await?;
        for (certificate, name) in [(&first, "to-the-first"), (&second, "to-the-second")] {
            apply_sealed_to(certificate, name).await?;
            right(name, name).await?;
        }
        let third = renewed(lab, &upstreams, &second).await?;
        upstreams.stop().await?;

        let ours = change_to(Maker::Ours, &third, "last").await?;
        for (certificate, name) in [(&first, "one"), (&second, "two"), (&third, "three")] {
            apply_sealed_to(certificate, name).await?;
            right(name, name).await?;
        }
        for (name, value) in [("first", "1b"), ("second", "2c"), ("to-our-key", "to-our-key")] {
            right(name, value).await?;
        }
        let keys = written(lab, HOME, sealing_key::LABEL).await?;
        ensure!(keys.len() == 3, "keys that none of the changes made: {keys:?}");
        let warning = "drops from each status";
        ensure!(
            ours.logs()?.matches(warning).count() == 1,
            "upstream's definition is not remarked upon, or too often"
        );
        person.delete_sealed(namespace, "second").await?;
        person.sees_no_secret(namespace, "second").await?;
        ensure!(ours.stop().await?.success());
        Ok(())
    })
    .await
}
