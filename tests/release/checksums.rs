//! `SHA256SUMS`: the script that writes it, and the step of the workflow that runs the script.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::process::cli::Cli;
use tests::workspace;

use crate::stage::{Release, SHA256SUMS};

const SCRIPT: &str = "crates/release/checksums.sh";

/// Writes the checksums of the files in `dir`, as the release does.
pub(crate) fn write(dir: &Path) -> Result<()> {
    let status = Command::new(workspace::root().join(SCRIPT)).arg(dir).status();
    let status = status.with_context(|| format!("cannot run {SCRIPT}"))?;
    ensure!(status.success(), "{SCRIPT} ended with {status}");
    Ok(())
}

pub(crate) async fn are_of_all_files_but_signatures(_: Arc<Release>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path();
    ensure!(write(path).is_err() && !path.join(SHA256SUMS).exists(), "there are no files");
    for file in ["b", "a", "C", "a.sigstore.json", SHA256SUMS] {
        fs::write(path.join(file), "abc")?;
    }
    write(path)?;
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        fs::read_to_string(path.join(SHA256SUMS))?,
        format!("{sum}  C\n{sum}  a\n{sum}  b\n"),
        "in the order of bytes, whatever the language of the machine"
    );
    Ok(())
}

/// With a program called cosign, because the real one needs servers of Sigstore.
pub(crate) async fn are_written_by_the_step_that_signs_them(release: Arc<Release>) -> Result<()> {
    let checkout = tempfile::tempdir()?;
    symlink(workspace::root().join("crates"), checkout.path().join("crates"))?;
    let files = checkout.path().join("files");
    fs::create_dir(&files)?;
    fs::copy(release.archive(), files.join(release.archive().file_name().context("no name")?))?;
    fs::write(files.join("controller.yaml"), "kind: List\n")?;
    // Of a step that is run again. Another maker of checksums would have to know that it is not one of the files.
    fs::write(files.join("controller.yaml.sigstore.json"), "{}")?;
    write(&files)?;
    let expected = fs::read(files.join(SHA256SUMS))?;
    fs::remove_file(files.join(SHA256SUMS))?;

    let tools = tempfile::tempdir()?;
    let cosign = tools.path().join("cosign");
    fs::write(&cosign, "#!/bin/sh\nfor file; do :; done\ncp \"$file\" \"$file.signed\"\n")?;
    fs::set_permissions(&cosign, fs::Permissions::from_mode(0o755))?;
    let bash = Cli::new(Path::new("bash")).current_dir(checkout.path());
    let bash = bash.env("PATH", release.search_path(&[tools.path()]));
    bash.output(&["-eo", "pipefail", "-c", &step("Checksums and their signature")?], b"").await?;
    for file in ["SHA256SUMS", "SHA256SUMS.signed"] {
        ensure!(fs::read(files.join(file))? == expected, "{file} is not what {SCRIPT} writes");
    }
    Ok(())
}

/// The script of a step of the workflow that releases.
fn step(name: &str) -> Result<String> {
    let text = fs::read_to_string(workspace::root().join(".github/workflows/release.yaml"))?;
    let workflow: Value = serde_saphyr::from_str(&text).context("release.yaml")?;
    let jobs = workflow["jobs"].as_object().context("no jobs")?.values();
    let mut steps = jobs.filter_map(|job| job["steps"].as_array()).flatten();
    let step = steps.find(|step| step["name"] == name).with_context(|| format!("no step `{name}`"))?;
    Ok(step["run"].as_str().context("it runs nothing")?.to_owned())
}
