//! The commands that read a project file: from two contexts of a kubeconfig to one file that opens in both clusters.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::user::person::Person;

use crate::one_file::opened_by_the_newest_key;
use crate::scene::repository::Repository;
use crate::stage::{Scene, Stage};

const FILE: &str = "apps/db.yaml";

pub(crate) async fn a_project_file_leads_to_one_file_for_both_of_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Ours, async |scene| one_file(scene).await).await
}

pub(crate) async fn a_project_file_leads_to_one_file_for_upstreams_and_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Upstream, async |scene| one_file(scene).await).await
}

async fn one_file(scene: &Scene) -> Result<()> {
    let repository = Repository::new(scene, &[]).await?;
    let kubeseal = &repository.kubeseal;
    let secret = Person::secret(&scene.namespace, "db", &json!({ "a": "1", "b": "2" }));
    kubeseal.output(&["seal", "-w", FILE], secret.to_string().as_bytes()).await?;
    opens(scene, &repository.read(FILE)?, &[("a", "1"), ("b", "2")]).await?;

    // With certificates alone; the annotation gets a second group.
    let args =
        ["create", "db", "--namespace", &scene.namespace, "--from-literal", "b=3", "--merge-into", FILE];
    kubeseal.output(&args, b"").await?;
    opens(scene, &repository.read(FILE)?, &[("a", "1"), ("b", "3")]).await?;

    // The first cluster opens the items as before, whosever controller it has.
    scene.clusters[1].renew_key().await?;
    repository.fetch(1).await?;
    // The current context is that of the first.
    kubeseal.output(&["reseal", "--for", "us", "apps"], b"").await?;
    opens(scene, &repository.read(FILE)?, &[("a", "1"), ("b", "3")]).await?;
    let listed = kubeseal.output(&["clusters", "list", "--check"], b"").await?;
    let listed = String::from_utf8(listed)?;
    ensure!(listed.matches("the same").count() == 2, "{listed}");
    for (cluster, name) in scene.clusters.iter().zip(["eu", "us"]) {
        let listed = kubeseal.output(&["keys", "list", "--for", name, "-o", "json"], b"").await?;
        let listed: Value = serde_json::from_slice(&listed)?;
        let newest = listed["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["newest"] == true));
        let served = cluster.certificate().await?.fingerprint().to_string();
        ensure!(
            newest.is_some_and(|key| key["fingerprint"] == served.as_str()),
            "{name}: {served}, {listed}"
        );
    }
    Ok(())
}

/// Applies the file to both clusters. Each opens it with its newest key.
async fn opens(scene: &Scene, sealed: &Value, values: &[(&str, &str)]) -> Result<()> {
    scene.apply(sealed).await?;
    for cluster in &scene.clusters {
        let status = cluster.opens(sealed, values).await?;
        if cluster.maker == Maker::Ours {
            opened_by_the_newest_key(cluster, &status).await?;
        }
    }
    Ok(())
}
