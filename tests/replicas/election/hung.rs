//! A leader whose renewals of the Lease hang, while everything else that it asks for goes through.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::rule::Rule;
use tests::network::fault_proxy::strike::Fault;

use crate::election::cut::outlives_a_cut;
use crate::election::lease::holder;
use crate::replicas::{Replicas, leads, logs, stop};
use crate::stage::{SHORT, Stage};

/// Longer than the whole lease, so that what hangs is given up first, and carried out when another leads.
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
            ensure!(proxy.strikes() == 1, "{} strikes", proxy.strikes());
            ensure!(holder(scene).await? == before, "another holds the Lease");
            stop(standby).await?;
            stop(old).await
        })
        .await
}

/// None gets through in time: its term ends before the next begins, and what arrives late gives it nothing.
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
                // Those that hang are refused when they arrive.
                tokio::time::sleep(TOO_LONG).await;
                proxy.heal();
                ensure!(proxy.strikes() > 0, "no renewal was hit");
                Ok(())
            };
            outlives_a_cut(scene, old, hang, heal, crate::election::cut::never_both).await
        })
        .await
}

/// A standby that cannot look at the Lease for a while takes nothing, and then follows like any other.
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
            ensure!(proxy.strikes() > 2, "{} strikes", proxy.strikes());
            proxy.heal();
            old.kill().await?;
            let mut replicas = Replicas(vec![standby]);
            stop(replicas.take_leader().await?).await
        })
        .await
}
