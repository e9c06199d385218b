//! The day on which both clusters are lost: what is in the repository opens with an identity of age, by our kubeseal, and by the program `age` with
//! the thirty lines of `open_with_object_key.py`.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::process::cli::Cli;
use tests::programs::Programs;
use tests::programs::own::python::Python;
use tests::programs::program::Program;
use tests::user::person::Person;

use crate::scene::cluster::recipients_of;
use crate::scene::repository::Repository;
use crate::stage::{Scene, Stage};

const FILE: &str = "apps/db.json";

pub(crate) async fn what_is_left_of_two_lost_clusters_opens_with_an_identity_of_age(
    stage: Arc<Stage>,
) -> Result<()> {
    let build = || anyhow::Ok((Python::ready("recipients")?, Programs::ready(&Program::AGE)?));
    let (python, programs) = tokio::task::spawn_blocking(build).await.context("building panicked")??;
    let (age, keygen) =
        (Cli::new(programs.path(Program::Age)?), Cli::new(programs.path(Program::AgeKeygen)?));
    stage
        .play(Maker::Ours, async |scene| {
            let identity = scene.folder.path().join("dr.txt").display().to_string();
            keygen.output(&["-o", &identity], b"").await?;
            let recipient = String::from_utf8(keygen.output(&["-y", &identity], b"").await?)?;
            let repository =
                Repository::new(scene, &["--recipient", &format!("dr={}", recipient.trim())]).await?;
            seal(scene, &repository).await?;

            for cluster in &mut scene.clusters {
                cluster.stop().await?;
            }
            let expected = json!({ "a": "MQ==", "b": "Mw==", "c": "ZsO8bmY=" });
            // Without a kubeconfig.
            let kubeseal = Cli::new(&scene.clusters[0].site.lab.binaries.kubeseal);
            let text = repository.read(FILE)?.to_string();
            let args = ["--recovery-unseal", "--identity", &identity];
            let secret: Value = serde_json::from_slice(&kubeseal.output(&args, text.as_bytes()).await?)?;
            ensure!(secret["data"] == expected, "kubeseal-rs opens other values");

            let sealed = repository.path(FILE).display().to_string();
            let mut opened = BTreeMap::new();
            for file in age_files(&repository.read(FILE)?)? {
                let object_key = age.output(&["--decrypt", "--identity", &identity], &file).await?;
                let data = python.run("open_with_object_key.py", &[&sealed], &object_key)?;
                opened.extend(serde_json::from_str::<BTreeMap<String, Value>>(&data)?);
            }
            ensure!(json!(opened) == expected, "age and Python open other values");
            Ok(())
        })
        .await
}

/// Two groups: the whole Secret, and a value that changes later beside one more.
async fn seal(scene: &Scene, repository: &Repository) -> Result<()> {
    let secret = Person::secret(&scene.namespace, "db", &json!({ "a": "1", "b": "2" }));
    repository.kubeseal.output(&["seal", "-w", FILE], secret.to_string().as_bytes()).await?;
    let args = ["create", "db", "--namespace", &scene.namespace, "--merge-into", FILE];
    let literals = ["--from-literal=b=3", "--from-literal=c=fünf"];
    repository.kubeseal.output(&[&args[..], &literals].concat(), b"").await?;
    let sealed = repository.read(FILE)?;
    scene.apply(&sealed).await?;
    for cluster in &scene.clusters {
        cluster.opens(&sealed, &[("a", "1"), ("b", "3"), ("c", "fünf")]).await?;
    }
    Ok(())
}

/// The files of age in the annotation: one for each group.
fn age_files(sealed: &Value) -> Result<Vec<Vec<u8>>> {
    let document: Value = serde_json::from_str(recipients_of(sealed).context("no annotation")?)?;
    let mut files = Vec::new();
    for group in document["groups"].as_array().context("no groups")? {
        let mut entries = group["to"].as_array().into_iter().flatten();
        let entry = entries.find(|entry| entry["age"].is_string()).context("no entry of age")?;
        files.push(BASE64_STANDARD.decode(entry["key"].as_str().context("no key")?)?);
    }
    ensure!(files.len() == 2, "{} groups", files.len());
    Ok(files)
}
