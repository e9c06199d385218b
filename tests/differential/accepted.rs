//! What either kubeseal writes, `kubectl apply --dry-run=server` takes: the API server looks at it, and keeps nothing.
//!
//! Every output of every case is asked about. What the API server refuses for a reason of the Secret's own (`REASONS`) no
//! kubeseal could have mended; whether it refuses both alike is `judge`'s.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tests::programs::program::Program;
use tokio::process::Command;

use crate::family::Family;
use crate::outcome::{Manifest, Outcome};
use crate::stage::{Answers, Stage};

/// Why what a person wrote cannot be applied, whichever program sealed it: parts of what kubectl says.
const REASONS: &[&str] = &[
    "a lowercase RFC 1123 subdomain must consist of",
    "may not contain '/'",
    // A namespace with an invented name, which is not there.
    "not found",
    // kubectl itself keeps a copy of what it applies, and that only fits up to a size.
    "metadata.annotations: Too long",
    // A Secret that is recovered belongs to its SealedSecret, which was never in a cluster.
    "metadata.ownerReferences.uid: Invalid value",
];

/// Refused, so that the others are told of with their file: of a single one kubectl tells the object alone.
const REFUSED: &str = r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "REFUSED"}}"#;

/// That the API server did not take something.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// One of `REASONS`.
    pub reason: Option<&'static str>,
    /// What kubectl said.
    pub complaint: String,
}

/// Asks the API server about all that was written, and notes in the outcomes what it does not take.
pub(crate) async fn ask(stage: &Stage, family: Family, answers: &mut [Answers]) -> Result<()> {
    let (ours, upstreams): (Vec<_>, Vec<_>) =
        answers.iter_mut().map(|Answers { ours, upstreams }| (ours, upstreams)).unzip();
    let dir = stage.folder(&format!("{family:?}"));
    let ours = ask_about(stage, dir.join("ours"), ours);
    let upstreams = ask_about(stage, dir.join("upstream"), upstreams);
    futures::future::try_join(ours, upstreams).await?;
    Ok(())
}

/// One kubectl for all of them: it goes on after what is refused, and says in which file that was.
async fn ask_about(stage: &Stage, dir: PathBuf, outcomes: Vec<&mut Outcome>) -> Result<()> {
    fs::create_dir_all(&dir)?;
    let mut files: BTreeMap<String, (PathBuf, usize)> = BTreeMap::new();
    for manifest in outcomes.iter().filter(|outcome| outcome.succeeded).flat_map(|outcome| &outcome.manifests)
    {
        let path = dir.join(format!("{}.{}", files.len(), manifest.format));
        if let Some((path, _)) = new_file(&mut files, manifest, path) {
            fs::write(path, &manifest.text)?;
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    fs::write(dir.join("refused.json"), REFUSED)?;
    stage.cluster().await?;
    let (taken, complaints) = apply(stage, &dir).await?;
    ensure!(!complaints.is_empty(), "kubectl took what no cluster takes");

    let complaint_about =
        |path: &Path| complaints.iter().find(|complaint| complaint.contains(&path.display().to_string()));
    let sound = files.values().filter(|(path, _)| complaint_about(path).is_none());
    let sound: usize = sound.map(|(_, objects)| objects).sum();
    ensure!(taken >= sound, "kubectl took {taken} objects of {sound}: {complaints:?}");
    for outcome in outcomes {
        let mut paths = outcome.manifests.iter().filter_map(|manifest| files.get(&form(manifest)));
        let complaint = paths.find_map(|(path, _)| complaint_about(path));
        outcome.refused = complaint.map(|complaint| Refusal {
            reason: REASONS.iter().copied().find(|reason| complaint.contains(reason)),
            complaint: complaint.clone(),
        });
    }
    Ok(())
}

/// The file of a manifest, unless one of the same form has one.
fn new_file<'a>(
    files: &'a mut BTreeMap<String, (PathBuf, usize)>,
    manifest: &Manifest,
    path: PathBuf,
) -> Option<&'a (PathBuf, usize)> {
    match files.entry(form(manifest)) {
        Entry::Vacant(entry) => Some(entry.insert((path, manifest.objects))),
        Entry::Occupied(_) => None,
    }
}

/// The text without what is sealed: that is never the same twice, and nothing that the API server looks at.
fn form(manifest: &Manifest) -> String {
    const SEALED: usize = 300;
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let words = manifest.text.split_inclusive(|c| !is_inside(c));
    manifest.format.chars().chain(words.filter(|word| word.len() < SEALED).flat_map(str::chars)).collect()
}

/// How many objects were taken, and what was said of the others.
async fn apply(stage: &Stage, dir: &Path) -> Result<(usize, Vec<String>)> {
    let output = Command::new(stage.lab.programs.path(Program::Kubectl)?)
        .args(["apply", "--dry-run=server", "--validate=strict", "-f"])
        .arg(dir)
        .env("KUBECONFIG", stage.lab.control_plane.kubeconfig())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run kubectl")?;
    let lines = |bytes| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let taken = lines(&output.stdout).iter().filter(|line| line.ends_with("(server dry run)")).count();
    Ok((taken, lines(&output.stderr)))
}
