//! Metrics, compared with upstream's program: both do the same work, and ours counts everything that upstream's does,
//! under the same names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::chart::CONTROLLER_NAME;
use tests::chart::upstream_rights;
use tests::lab::Maker;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::secrets::flags::signal;
use crate::stage::{HOME, Stage, stop};

pub(crate) async fn ours_names_and_counts_what_upstreams_does(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            upstream_rights::grant(&stage.lab.client(), HOME, CONTROLLER_NAME).await?;
            let upstreams = played(&stage, Maker::Upstream, namespace).await?;
            let ours = played(&stage, Maker::Ours, namespace).await?;
            ensure!(upstreams.tries == ours.tries, "{} tries, and ours {}", upstreams.tries, ours.tries);
            ensure!(
                upstreams.errors == ours.errors,
                "upstream's:\n{:?}\nours:\n{:?}",
                upstreams.errors,
                ours.errors
            );
            for (name, kind) in upstreams.kinds {
                let same = ours.kinds.get(&name) == Some(&kind);
                // Metrics of the Go runtime, and of its library's own endpoint.
                let theirs = ["go_", "promhttp_"].iter().any(|prefix| name.starts_with(prefix));
                ensure!(same || theirs, "{name} is a {kind}: {:?}", ours.kinds.get(&name));
            }
            Ok(())
        })
        .await
}

/// The metrics after all work was done.
struct Counted {
    /// The type of each metric.
    kinds: BTreeMap<String, String>,
    tries: String,
    errors: Vec<String>,
}

/// A SealedSecret that is created and changed, and whose Secret is deleted; a new key; another SealedSecret, and one
/// that does not open.
async fn played(stage: &Stage, maker: Maker, namespace: &str) -> Result<Counted> {
    let (person, team) = (&stage.person, format!("{maker:?}"));
    // It counts what it finds at its start, which is nothing here.
    let pod = stage.pod()?.maker(maker).flag("label-selector", &format!("team={team}"));
    let mut pod = pod.flag("max-unseal-retries", "0").flag("kubeclient-qps", "-1").start(&stage.lab).await?;
    pod.wait_ready().await?;
    let apply = async |name: &str, value: &str, good: bool| {
        let name = format!("{name}-{}", team.to_lowercase());
        let mut secret = Person::secret(namespace, &name, &json!({ "v": value }));
        // The Secret too: upstream's program watches only those that the selector finds.
        secret["metadata"]["labels"] = json!({ "team": team });
        let mut sealed = person.seal(&secret, &[]).await?;
        sealed["metadata"]["labels"] = json!({ "team": team });
        if !good {
            sealed["spec"]["encryptedData"]["v"] = json!("%%%");
        }
        person.apply(&sealed).await
    };
    let sees = async |name: &str, value: &str| {
        let name = format!("{name}-{}", team.to_lowercase());
        person.sees_values(namespace, &name, &[("v", value.as_bytes())]).await?;
        person.sees_synced(namespace, &name, ConditionStatus::True).await
    };
    apply("db", "1", true).await?;
    sees("db", "1").await?;
    apply("db", "2", true).await?;
    sees("db", "2").await?;
    person.delete_secret(namespace, &format!("db-{}", team.to_lowercase())).await?;
    sees("db", "2").await?;
    let keys = stage.keys().await?.len();
    signal("-USR1", &pod.process_id().context("it ended")?.to_string()).await?;
    eventually(Duration::from_secs(30), "there is one key more", async || {
        ensure!(stage.keys().await?.len() > keys);
        Ok(())
    })
    .await?;
    apply("last", "1", true).await?;
    sees("last", "1").await?;
    let tries = "sealed_secrets_controller_unseal_requests_total";
    let text = scraped(&pod).await?;
    let tries = text.lines().find_map(|line| line.strip_prefix(tries)).context("no tries")?.trim().to_owned();

    apply("bad", "1", false).await?;
    person.sees_synced(namespace, &format!("bad-{}", team.to_lowercase()), ConditionStatus::False).await?;
    let text = scraped(&pod).await?;
    let mut errors: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("sealed_secrets_controller_unseal_errors_total{"))
        .map(sorted)
        .collect();
    errors.sort();
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let kinds = kinds.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect();
    match maker {
        Maker::Ours => stop(pod).await?,
        Maker::Upstream => drop(pod.stop().await?),
    }
    Ok(Counted { kinds, tries, errors })
}

/// A line with its labels sorted.
fn sorted(line: &str) -> String {
    let (labels, value) = line.split_once('}').unwrap_or((line, ""));
    let mut labels: Vec<&str> = labels.split(',').collect();
    labels.sort_unstable();
    format!("{}{value}", labels.join(","))
}

async fn scraped(pod: &Pod) -> Result<String> {
    let http = http_client().build()?;
    Ok(http.get(pod.metrics_url()).send().await?.text().await?)
}

pub(crate) async fn the_flag_removes_object_names(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.pod()?.env("SEALED_SECRETS_METRICS_OMIT_SECRET_LABELS", "true");
            let mut pod = pod.start(&stage.lab).await?;
            pod.wait_ready().await?;
            person.seal_and_apply(&Person::secret(namespace, "inventory", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "inventory", ConditionStatus::True).await?;
            let text = scraped(&pod).await?;
            ensure!(!text.contains("condition_info") && !text.contains("inventory"), "{text}");
            for name in ["unseal_requests_total", "build_info", "sealing_keys", "http_requests_total"] {
                ensure!(text.contains(&format!("sealed_secrets_controller_{name}")), "{name}\n{text}");
            }
            stop(pod).await
        })
        .await
}
