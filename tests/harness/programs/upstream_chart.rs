//! Where upstream's chart is: in the module that its programs are built from, as the version in go.mod has it.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::go;
use crate::workspace;

/// What `go mod download -json` tells, of which only this is of use.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    dir: PathBuf,
}

/// The folder of upstream's chart. Blocks, where the module has yet to be downloaded; go.sum pins it.
pub fn upstream_chart() -> Result<PathBuf> {
    let module = workspace::root().join("tests/programs/upstream");
    let told = go::run(&module, &["mod", "download", "-json", "github.com/bitnami/sealed-secrets"])
        .context("upstream's chart could not be downloaded")?;
    let downloaded: Downloaded = serde_json::from_str(&told).context("go mod download told no JSON")?;
    let chart = downloaded.dir.join("helm/sealed-secrets");
    ensure!(chart.join("Chart.yaml").exists(), "no chart in {}", chart.display());
    Ok(chart)
}
