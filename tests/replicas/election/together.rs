//! Three replicas without faults.

use std::sync::Arc;

use anyhow::{Result, ensure};

use crate::election::lease::lease;
use crate::replicas::{Replicas, get, metrics, stop};
use crate::stage::{DEFAULT, Stage};

pub(crate) async fn one_leads_and_all_serve(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let leader = replicas.take_leader().await?;
            for name in ["a", "b", "c"] {
                scene.seal_and_apply(name, "1").await?;
                scene.sees(name, "1").await?;
            }
            let terms = lease(scene).await?;
            ensure!(terms.lease_duration_seconds == Some(15), "{terms:?}");
            ensure!(terms.holder_identity.is_some_and(|holder| holder.starts_with(leader.name())));

            let (_, certificate) = get(&leader, "/v1/cert.pem").await?;
            let unsealed = leader.logs()?.matches(" msg=unsealed namespace=").count();
            ensure!(unsealed == 3, "{}", leader.logs()?);
            ensure!(metrics(&leader).await?.contains("condition_info{"));
            for standby in &replicas.0 {
                ensure!(get(standby, "/readyz").await? == (200, "ok\n".into()));
                ensure!(get(standby, "/v1/cert.pem").await? == (200, certificate.clone()));
                let logs = standby.logs()?;
                ensure!(logs.contains("standing by") && logs.contains(leader.name()), "{logs}");
                ensure!(!logs.contains("unsealed"), "{logs}");
                let metrics = metrics(standby).await?;
                ensure!(!metrics.contains("condition_info{") && !metrics.contains("unseal_requests_total 1"));
            }
            stop(leader).await?;
            replicas.stop().await
        })
        .await
}
