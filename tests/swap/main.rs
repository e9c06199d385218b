//! An installation by upstream's chart, moved to our program by its image alone, back, and there again: the Secrets, the key and
//! the statuses stay right, with no right and no argument that the chart does not give.

mod installation;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::ListParams;
use serde_json::json;
use tests::lab::{Lab, Maker};
use tests::person::Person;
use tests::pod::Pod;
use tests::temp_namespace::with_temp_ns;
use tests::{suite, tests};

use self::installation::{HOME, deployment};

fn main() -> ExitCode {
    suite::run(installation::install, tests![the_image_is_changed_and_changed_back])
}

async fn start(lab: &Lab, maker: Maker) -> Result<Pod> {
    let mut pod =
        Pod::of(&deployment()?).maker(maker).in_cluster().flag("key-size", "2048").start(lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}

async fn the_image_is_changed_and_changed_back(lab: Arc<Lab>) -> Result<()> {
    with_temp_ns(&lab, async |namespace| {
        let person = Person::with(&lab, Maker::Ours)?;
        let kubeseal = lab.kubeseal(Maker::Upstream)?;
        let secret = |name: &str, value: &str| Person::secret(namespace, name, &json!({ "v": value }));
        let right = async |name: &str, value: &str| {
            person.sees_values(namespace, name, &[("v", value.as_bytes())]).await?;
            person.sees_synced(namespace, name, ConditionStatus::True).await
        };
        let one_key = async || {
            let secrets: Api<Secret> = Api::namespaced(lab.client(), HOME);
            let keys = secrets.list(&ListParams::default().labels(sealing_key::LABEL)).await?.items;
            ensure!(keys.len() == 1, "{} keys", keys.len());
            Ok(())
        };

        let upstreams = start(&lab, Maker::Upstream).await?;
        let certificate = kubeseal.output(&["--fetch-cert"], b"").await?;
        person.seal_and_apply(&secret("first", "1"), &[]).await?;
        right("first", "1").await?;
        upstreams.stop().await?;

        let ours = start(&lab, Maker::Ours).await?;
        ensure!(kubeseal.output(&["--fetch-cert"], b"").await? == certificate, "another certificate");
        person.seal_and_apply(&secret("second", "2"), &[]).await?;
        let status = right("second", "2").await?;
        let ready = status.condition(Condition::READY).context("our controller says whether it is ready")?;
        ensure!(ready.status == ConditionStatus::True);
        person.seal_and_apply(&secret("first", "1b"), &[]).await?;
        right("first", "1b").await?;
        person.patch_secret(namespace, "second", &json!({ "stringData": { "v": "edited" } })).await?;
        right("second", "2").await?;
        ensure!(ours.stop().await?.success());

        let upstreams = start(&lab, Maker::Upstream).await?;
        ensure!(kubeseal.output(&["--fetch-cert"], b"").await? == certificate, "another certificate");
        right("first", "1b").await?;
        person.seal_and_apply(&secret("second", "2c"), &[]).await?;
        right("second", "2c").await?;
        person.seal_and_apply(&secret("third", "3"), &[]).await?;
        right("third", "3").await?;
        upstreams.stop().await?;

        let ours = start(&lab, Maker::Ours).await?;
        person.seal_and_apply(&secret("last", "4"), &[]).await?;
        for (name, value) in [("first", "1b"), ("second", "2c"), ("third", "3"), ("last", "4")] {
            right(name, value).await?;
        }
        one_key().await?;
        person.delete_sealed(namespace, "second").await?;
        person.sees_no_secret(namespace, "second").await?;
        ensure!(ours.stop().await?.success());
        Ok(())
    })
    .await
}
