//! The path of upstream's chart: in the module that its programs are built from, at the version in go.mod.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::programs::module_files;
use crate::programs::program::Program;

/// The folder of upstream's chart. Blocks while the module is downloaded.
pub fn upstream_chart() -> Result<PathBuf> {
    let program = Program::UpstreamController;
    let module = module_files::required_by(&program.module_dir(), program.module())
        .context("upstream's chart could not be had")?;
    let chart = module.join("helm/sealed-secrets");
    ensure!(chart.join("Chart.yaml").exists(), "no chart in {}", chart.display());
    Ok(chart)
}
