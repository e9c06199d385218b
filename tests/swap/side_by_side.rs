//! Upstream's chart is upgraded to ours. Both start the new pod before they end the old one, so for some seconds
//! upstream's controller, which has no leader election, runs beside ours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, sealing_key};
use kube::ResourceExt as _;
use serde_json::json;
use tests::chart::Chart;
use tests::lab::Maker;
use tests::pod::Pod;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::installation::Installation;
use crate::written;

/// Longer than a kubelet and the Deployment controller take to end the old pod once the new one is ready.
const TOGETHER: Duration = Duration::from_secs(4);

pub(crate) async fn an_upgrade_to_our_chart_runs_both_for_a_moment(
    installation: Arc<Installation>,
) -> Result<()> {
    let lab = &installation.lab;
    let _turn = installation.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let named = |chart: Chart| chart.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
        let (upstreams, ours) =
            (named(lab.upstream_chart(home)?).render().await?, named(lab.chart(home)?).render().await?);
        let person = Person::with(lab, Maker::Ours)?;
        let controller_flags =
            [format!("--controller-name={home}"), format!("--controller-namespace={home}")];
        let controller_flags = [controller_flags[0].as_str(), &controller_flags[1]];
        let secret = |name: &str| Person::secret(home, name, &json!({ "v": name }));
        let right = async |name: &str| {
            person.sees_values(home, name, &[("v", name.as_bytes())]).await?;
            person.sees_synced(home, name, ConditionStatus::True).await.map(drop)
        };
        let versions = async || {
            let mut versions = Vec::new();
            for name in ["first", "second", "meanwhile"] {
                versions.push(person.get_sealed(home, name).await?.resource_version());
            }
            anyhow::Ok(versions)
        };

        lab.install(&upstreams).await?;
        let old = Pod::of(&upstreams.deployment()?).maker(Maker::Upstream).flag("key-size", "2048");
        let mut old = old.start(lab).await?;
        old.wait_ready().await?;
        for name in ["first", "second"] {
            person.seal_and_apply(&secret(name), &controller_flags).await?;
            right(name).await?;
        }
        let (keys, secrets) = (written(lab, home, sealing_key::LABEL).await?, written(lab, home, "").await?);

        // An upgrade changes the permissions of the running pod too, and leaves the CustomResourceDefinition unchanged.
        ours.apply_but_definitions(&lab.client()).await?;
        let start = Instant::now();
        let mut new = Pod::of(&ours.deployment()?).flag("key-size", "2048").start(lab).await?;
        person.seal_and_apply(&secret("meanwhile"), &controller_flags).await?;
        right("meanwhile").await?;
        ensure!(!new.logs()?.contains("this replica leads"), "ours led before the Lease's duration was over");
        new.wait_ready().await?;
        let took = start.elapsed();
        ensure!(new.logs()?.contains("this replica leads") && took < Duration::from_secs(25), "{took:?}");

        // Neither undoes what the other writes.
        tokio::time::sleep(TOGETHER / 2).await;
        let before = versions().await?;
        tokio::time::sleep(TOGETHER / 2).await;
        ensure!(versions().await? == before, "statuses are written over and over");
        person.seal_and_apply(&secret("together"), &controller_flags).await?;
        right("together").await?;
        old.stop().await?;
        person.seal_and_apply(&secret("after"), &controller_flags).await?;
        right("after").await?;
        let mut now = written(lab, home, "").await?;
        now.retain(|name, _| secrets.contains_key(name));
        ensure!(now == secrets, "Secrets were written: {secrets:?}, then {now:?}");
        ensure!(written(lab, home, sealing_key::LABEL).await? == keys, "another key was made");
        let status = new.stop().await.context("stopping ours")?;
        ensure!(status.success(), "{status}");
        Ok(())
    })
    .await
}
