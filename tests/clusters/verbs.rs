//! The commands that read a project file: from two contexts of a kubeconfig to one file that opens in both clusters.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::control_plane::kubeconfig::write_contexts;
use tests::lab::Maker;
use tests::process::cli::Cli;
use tests::user::person::Person;
use tokio::process::Command;

use crate::one_file::opened_by_the_newest_key;
use crate::stage::{Scene, Stage};

const FILE: &str = "apps/db.yaml";

pub(crate) async fn a_project_file_leads_to_one_file_for_both_of_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Ours, async |scene| one_file(scene).await).await
}

pub(crate) async fn a_project_file_leads_to_one_file_for_upstreams_and_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Upstream, async |scene| one_file(scene).await).await
}

async fn one_file(scene: &Scene) -> Result<()> {
    let repository = scene.folder.path().join("repository");
    std::fs::create_dir_all(repository.join("apps"))?;
    let made = Command::new("git").args(["init", "--quiet"]).current_dir(&repository).status().await;
    ensure!(made.context("cannot run git")?.success(), "git init failed");
    let kubeseal = kubeseal(scene, &repository)?;
    kubeseal.output(&["init", "--cluster", "eu=eu", "--cluster", "us=us"], b"").await?;
    let secret = Person::secret(&scene.namespace, "db", &json!({ "a": "1", "b": "2" }));
    kubeseal.output(&["seal", "-w", FILE], secret.to_string().as_bytes()).await?;
    opens(scene, &read(&repository)?, &[("a", "1"), ("b", "2")]).await?;

    // With certificates alone; the annotation gets a second group.
    let args =
        ["create", "db", "--namespace", &scene.namespace, "--from-literal", "b=3", "--merge-into", FILE];
    kubeseal.output(&args, b"").await?;
    opens(scene, &read(&repository)?, &[("a", "1"), ("b", "3")]).await?;

    // The first cluster opens the items as before, whosever controller it has.
    scene.clusters[1].renew_key().await?;
    kubeseal.output(&["clusters", "fetch", "us"], b"").await?;
    kubeseal.output(&["reseal", "--context", "us", "apps"], b"").await?;
    opens(scene, &read(&repository)?, &[("a", "1"), ("b", "3")]).await?;
    let listed = kubeseal.output(&["clusters", "list", "--check"], b"").await?;
    let listed = String::from_utf8(listed)?;
    ensure!(listed.matches("the same").count() == 2, "{listed}");
    Ok(())
}

/// Our kubeseal in the repository, with a context for each cluster.
fn kubeseal(scene: &Scene, repository: &Path) -> Result<Cli> {
    let kubeconfig = scene.folder.path().join("kubeconfig");
    let of = |index: usize| scene.clusters[index].site.lab.control_plane.kubeconfig();
    write_contexts(&kubeconfig, &[("eu", of(0)), ("us", of(1))])?;
    let program = &scene.clusters[0].site.lab.binaries.kubeseal;
    Ok(Cli::new(program).kubeconfig(&kubeconfig).current_dir(repository))
}

fn read(repository: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(repository.join(FILE)).with_context(|| FILE.to_owned())?;
    serde_saphyr::from_str(&text).with_context(|| format!("{FILE} is no YAML"))
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
