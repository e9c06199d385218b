//! A leader whose renewals of the Lease hang, while its other requests succeed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;

use crate::election::cut::outlives_a_cut;
use crate::election::lease::holder;
use crate::replicas::{Replicas, leads, logs, stop};
use crate::stage::{SHORT, Stage};

/// Longer than the whole lease, so that a hanging request is given up first, and carried out when another one leads.
const TOO_LONG: Duration = Duration::from_secs(8);

/// There is time for a second try within a term.
pub(crate) async fn one_renewal_that_hangs_costs_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, 0).await?;
            let mut old = scene.pod()?.through(&proxy.url()).start(&scene.lab).await?;
            old.wait_ready().await?;
            let mut standby = scene.start().await?;
            standby.wait_ready().await?;
            let before = holder(scene).await?;
            proxy.set([Rule::on("update", "leases", Fault::Late(TOO_LONG)).times(1)]);
            let start = Instant::now();
            while start.elapsed() < TOO_LONG + Duration::from_secs(2) {
                ensure!(leads(&old).await? && !leads(&standby).await?, "{}", old.logs()?);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            ensure!(proxy.hits() == 1, "{} hits", proxy.hits());
            ensure!(holder(scene).await? == before, "another holds the Lease");
            stop(standby).await?;
            stop(old).await
        })
        .await
}

/// No renewal arrives in time: its term ends before the next begins, and late renewals have no effect.
pub(crate) async fn a_leader_whose_renewals_hang_stops_before_the_next_begins(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, 0).await?;
            let mut old = scene.pod()?.through(&proxy.url()).start(&scene.lab).await?;
            old.wait_ready().await?;
            let hang = async || {
                proxy.set([Rule::on("update", "leases", Fault::Late(TOO_LONG))]);
                Ok(())
            };
            let heal = async || {
                // The hanging requests are refused when they arrive.
                tokio::time::sleep(TOO_LONG).await;
                proxy.heal();
                ensure!(proxy.hits() > 0, "no renewal was hit");
                Ok(())
            };
            outlives_a_cut(scene, old, hang, heal, crate::election::cut::never_both).await
        })
        .await
}

/// A standby that cannot read the Lease for a while does not take it, and later follows as usual.
pub(crate) async fn a_standby_whose_looks_hang_takes_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let mut old = scene.start().await?;
            old.wait_ready().await?;
            let proxy = FaultProxy::start(&scene.lab.control_plane, 0).await?;
            let mut standby = scene.pod()?.through(&proxy.url()).start(&scene.lab).await?;
            standby.wait_ready().await?;
            logs(&standby, "standing by", 1).await?;
            proxy.set([Rule::on("get", "leases", Fault::Late(TOO_LONG))]);
            let start = Instant::now();
            while start.elapsed() < TOO_LONG * 2 {
                ensure!(leads(&old).await? && !leads(&standby).await?, "{}", standby.logs()?);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            ensure!(proxy.hits() > 2, "{} hits", proxy.hits());
            proxy.heal();
            old.kill().await?;
            let mut replicas = Replicas(vec![standby]);
            stop(replicas.take_leader().await?).await
        })
        .await
}
