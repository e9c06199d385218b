//! The files of a Go module, as the Go command downloads and verifies them: charts, CustomResourceDefinitions and rules
//! that a module holds beside its source.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::programs::go;

/// The output of `go mod download -json`, of which only this field is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    dir: PathBuf,
    sum: String,
}

/// The files of `module` in the version that the go.mod in `dir` requires; its go.sum pins them.
pub(crate) fn required_by(dir: &Path, module: &str) -> Result<PathBuf> {
    Ok(download(dir, module)?.dir)
}

/// The files of `module` at `version`, which no go.mod requires. They must match `sum` (as in a go.sum), whatever this
/// machine's Go verifies by itself.
pub(crate) fn at_version(dir: &Path, module: &str, version: &str, sum: &str) -> Result<PathBuf> {
    let downloaded = download(dir, &format!("{module}@{version}"))?;
    ensure!(downloaded.sum == sum, "{module} {version} has the sum {}, not {sum}", downloaded.sum);
    Ok(downloaded.dir)
}

fn download(dir: &Path, module: &str) -> Result<Downloaded> {
    let printed = go::run(dir, &["mod", "download", "-json", module])
        .with_context(|| format!("{module} could not be downloaded"))?;
    serde_json::from_str(&printed).context("go mod download printed no JSON")
}
