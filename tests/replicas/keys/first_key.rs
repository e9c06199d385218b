//! The first sealing key of an empty cluster.

use std::sync::Arc;

use anyhow::{Result, ensure};
use kube::api::{DeleteParams, ListParams};

use crate::replicas::Replicas;
use crate::stage::{SHORT, Stage};

/// Repeated, because it is a race.
const ROUNDS: usize = 5;

pub(crate) async fn three_at_once_make_one_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            for round in 0..ROUNDS {
                scene.secrets().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
                let replicas = Replicas::three(scene).await?;
                ensure!(scene.keys().await?.len() == 1, "round {round}");
                replicas.stop().await?;
                ensure!(scene.keys().await?.len() == 1, "round {round}, at its end");
            }
            Ok(())
        })
        .await
}
