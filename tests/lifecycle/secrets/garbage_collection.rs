//! `--old-gc-behavior`: Secrets that the controller itself deletes, while Kubernetes' garbage collection is stopped: it
//! would delete them too, and the test could not see which did.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::chart::CONTROLLER_NAME;
use tests::chart::upstream_rights;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::secrets::flags::signal;
use crate::stage::{HOME, Stage, stop};

/// Deleted while the watch was interrupted: no event reports it, only the next list.
pub(crate) async fn what_a_list_shows_to_be_gone(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            upstream_rights::grant(&stage.lab.client(), HOME, CONTROLLER_NAME).await?;
            let proxy = FaultProxy::start(&stage.lab.control_plane, 1).await?;
            let pod = stage.pod()?.flag("old-gc-behavior", "true").through(&proxy.url());
            let mut pod = pod.start(&stage.lab).await?;
            pod.wait_ready().await?;
            for name in ["gone", "kept"] {
                person.seal_and_apply(&Person::secret(namespace, name, &json!({ "v": "1" })), &[]).await?;
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
            }
            let collector = stage.lab.control_plane.process_ids().await;
            let collector = collector.first().context("no controller-manager")?.to_string();
            signal("-STOP", &collector).await?;
            let collected = async {
                proxy.set([Rule::on("watch", "*", Fault::Refuse(500, "InternalError", None))]);
                proxy.cut_watches();
                person.delete_sealed(namespace, "gone").await?;
                let listed = proxy.done("list", "sealedsecrets").await;
                proxy.set([Rule::on("watch", "*", Fault::WatchGone).once_each()]);
                eventually(Duration::from_mins(1), "they are listed anew", async || {
                    ensure!(proxy.done("list", "sealedsecrets").await > listed, "not yet");
                    Ok(())
                })
                .await?;
                person.sees_no_secret(namespace, "gone").await?;
                person.sees_values(namespace, "kept", &[("v", b"1")]).await
            };
            let collected = collected.await;
            signal("-CONT", &collector).await?;
            collected?;
            stop(pod).await
        })
        .await
}
