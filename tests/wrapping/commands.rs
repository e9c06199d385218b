//! The commands of `kubeseal-rs keys` beside a controller that wraps keys.

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ACTIVE, WRAPPED};
use serde_json::Value;

use crate::controller::{serves, stop};
use crate::home::Home;
use crate::services::test_service::TestService;
use crate::values::{CLUSTER, Values};

/// A user follows the whole way: a key in plain is wrapped and wrapped anew by the controller, and unwrapped on the user's machine with the service.
pub(crate) async fn keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line<S: TestService>(
    home: Home,
) -> Result<()> {
    let pod = home.start(Values::plain()).await?;
    home.trip("one").await?;
    stop(pod).await?;
    let service = home.service::<S>().await?;
    let provider = service.provider();
    let pod = home.start(Values::of(&service)).await?;
    // The new key exists before it is read back and opened: until then no certificate is served.
    serves(&pod, &home.sees_keys(WRAPPED, 1).await?[0]).await?;
    home.trip("two").await?;

    let (kind, in_home) = (kind(&provider), format!("(Secret {}/", home.namespace));
    let words = format!(" is wrapped: {kind} {in_home}");
    let printed = home.keys_command(&["wrap", "--all"]).await?;
    ensure!(printed.matches(&words).count() == 1 && printed.lines().count() == 1, "{printed}");
    ensure!(home.keys(ACTIVE).await?.is_empty(), "a key is still in plain");
    let before = home.keys(WRAPPED).await?;
    let printed = home.keys_command(&["rewrap", "--all"]).await?;
    ensure!(printed.matches(&words).count() == 2, "{printed}");
    let after = home.keys(WRAPPED).await?;
    let is_new = |key: &_| !before.contains(key);
    ensure!(after.len() == 2 && after.iter().all(is_new), "a key was not wrapped anew");

    let listing: Value = serde_json::from_str(&home.keys_command(&["list", "-o", "json"]).await?)?;
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

    let printed = home.unwraps_all(&service).await?;
    ensure!(printed.matches(&format!(" is in plain {in_home}")).count() == 2, "{printed}");
    ensure!(home.keys(WRAPPED).await?.is_empty(), "a wrapped key is left");
    service.stop().await?;
    let pod = home.start(Values::plain()).await?;
    for name in ["one", "two"] {
        home.unseals_again(name).await?;
    }
    ensure!(home.keys(ACTIVE).await?.len() == 2, "another key was made");
    stop(pod).await
}

/// The word for a kind of provider.
fn kind(provider: &str) -> &str {
    provider.split([':', '+']).next().unwrap_or_default()
}
