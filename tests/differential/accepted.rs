//! `kubectl apply --dry-run=server` accepts what either kubeseal writes: the API server validates it, and stores
//! nothing.
//!
//! Every output of every case is applied. What the API server refuses for a reason in the Secret itself (`REASONS`) no
//! kubeseal could have corrected; whether it refuses both outputs is compared in `judge`.

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

/// Why a Secret cannot be applied, whichever program sealed it: parts of kubectl's messages.
const REASONS: &[&str] = &[
    "a lowercase RFC 1123 subdomain must consist of",
    "may not contain '/'",
    // A template under a name that no item of a Secret can have.
    "a valid config key must consist of",
    // A namespace that does not exist.
    "not found",
    // kubectl keeps a copy of what it applies in an annotation, which has a limited size.
    "metadata.annotations: Too long",
    OWNER_WITHOUT_UID,
];

/// The owner of a recovered Secret is a SealedSecret that was never in a cluster. Ours leaves it out.
pub(crate) const OWNER_WITHOUT_UID: &str = "metadata.ownerReferences.uid: Invalid value";

/// A refused object. With more than one object, kubectl names each file in its errors.
const REFUSED: &str = r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "REFUSED"}}"#;

/// An object that the API server refused.
#[derive(Debug, Clone)]
pub(crate) struct AcceptedRefusal {
    /// One of `REASONS`.
    pub reason: Option<&'static str>,
    /// kubectl's message.
    pub complaint: String,
}

/// Applies everything that was written, and stores in the outcomes what the API server refuses.
pub(crate) async fn compare(stage: &Stage, family: Family, answers: &mut [Answers]) -> Result<()> {
    let (ours, upstreams): (Vec<_>, Vec<_>) =
        answers.iter_mut().map(|Answers { ours, upstreams }| (ours, upstreams)).unzip();
    let dir = stage.folder(&format!("{family:?}"));
    let ours = ask_about(stage, dir.join("ours"), ours);
    let upstreams = ask_about(stage, dir.join("upstream"), upstreams);
    futures::future::try_join(ours, upstreams).await?;
    Ok(())
}

/// One kubectl for all objects: it continues after an error, and names the file.
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
        outcome.refused = complaint.map(|complaint| AcceptedRefusal {
            reason: REASONS.iter().copied().find(|reason| complaint.contains(reason)),
            complaint: complaint.clone(),
        });
    }
    Ok(())
}

/// Writes the file of a manifest, unless one of the same form has been written.
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

/// The text without sealed values: they differ each time, and the API server does not look at them.
fn form(manifest: &Manifest) -> String {
    const SEALED: usize = 300;
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let words = manifest.text.split_inclusive(|c| !is_inside(c));
    manifest.format.chars().chain(words.filter(|word| word.len() < SEALED).flat_map(str::chars)).collect()
}

/// The number of accepted objects, and the messages about the others.
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
