//! The commands of `kubeseal-rs keys` beside a controller that wraps keys.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ACTIVE, WRAPPED};
use serde_json::Value;
use tests::lab::Maker;

use crate::service::TestService;
use crate::stage::{CLUSTER, Stage, serves, stop};

/// A user follows the whole way: a key in plain is wrapped and wrapped anew by the controller, and unwrapped on the user's machine with the service.
pub(crate) async fn keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line<S: TestService>(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
            let keys = async |args: &[&str]| {
                let printed = kubeseal.output(&[&["keys"], args].concat(), b"").await?;
                anyhow::Ok(String::from_utf8(printed)?)
            };
            let pod = stage.start(stage.plain_pod()?).await?;
            stage.trip(namespace, "one").await?;
            stop(pod).await?;
            let service = S::start_new(&stage.lab).await?;
            let provider = service.provider();
            let pod = stage.start(stage.pod(&[&provider])?).await?;
            // The new key exists before it is read back and opened: until then no certificate is served.
            serves(&pod, &stage.sees_keys(WRAPPED, 1).await?[0]).await?;
            stage.trip(namespace, "two").await?;

            let kind = if provider.starts_with("kmsv2") { "kmsv2" } else { "openbao" };
            let words = format!(" is wrapped: {kind} (Secret kube-system/");
            let printed = keys(&["wrap", "--all"]).await?;
            ensure!(printed.matches(&words).count() == 1 && printed.lines().count() == 1, "{printed}");
            ensure!(stage.keys(ACTIVE).await?.is_empty(), "a key is still in plain");
            let before = stage.keys(WRAPPED).await?;
            let printed = keys(&["rewrap", "--all"]).await?;
            ensure!(printed.matches(&words).count() == 2, "{printed}");
            let after = stage.keys(WRAPPED).await?;
            let is_new = |key: &_| !before.contains(key);
            ensure!(after.len() == 2 && after.iter().all(is_new), "a key was not wrapped anew");

            let listing: Value = serde_json::from_str(&keys(&["list", "-o", "json"]).await?)?;
            let listed = listing["keys"].as_array().context("no keys")?;
            for key in listed {
                let wrapped = &key["kept"]["wrapped"];
                ensure!(key["state"] == "active" && wrapped["clusterName"] == CLUSTER, "{key}");
                let slot = &wrapped["slots"][0];
                let uri = provider.split('?').next().unwrap_or_default();
                ensure!(slot["provider"] == kind && slot["uri"] == uri, "{key}");
            }
            ensure!(listed.len() == 2, "{listing}");
            stop(pod).await?;

            let of_test = service.provider_of_test();
            let unwrap = ["unwrap", "--all", "--yes", "--key-unwrap-with", &of_test];
            let printed = keys(&unwrap).await?;
            ensure!(printed.matches(" is in plain (Secret kube-system/").count() == 2, "{printed}");
            ensure!(stage.keys(WRAPPED).await?.is_empty(), "a wrapped key is left");
            service.stop().await?;
            let pod = stage.start(stage.plain_pod()?).await?;
            for name in ["one", "two"] {
                stage.person.delete_secret(namespace, name).await?;
                stage.person.sees_values(namespace, name, &[("v", name.as_bytes())]).await?;
            }
            ensure!(stage.keys(ACTIVE).await?.len() == 2, "another key was made");
            stop(pod).await
        })
        .await
}
