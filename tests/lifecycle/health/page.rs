//! What `controller/docs/gitops.md` tells people to write and to run.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::programs::Programs;
use tests::workspace;
use tokio::process::Command;

/// The expressions for SealedSecrets.
pub(super) fn expressions() -> Result<Value> {
    let [yaml] = blocks("yaml")?.try_into().ok().context("not one block of YAML")?;
    let kustomization: Value = serde_saphyr::from_str(&yaml)?;
    let expressions = kustomization["spec"]["healthCheckExprs"][0].clone();
    ensure!(expressions["kind"] == "SealedSecret", "{kustomization}");
    Ok(expressions)
}

/// The commands that set the default status, and that take it away again.
pub(super) fn commands() -> Result<[String; 2]> {
    let blocks = blocks("console")?.into_iter();
    let commands = blocks.map(|block| block.trim().trim_start_matches("$ ").to_owned());
    commands.collect::<Vec<_>>().try_into().ok().context("not two commands")
}

/// Runs a command as a person would, who uses this kubeconfig.
pub(super) async fn run(command: &str, kubeconfig: &Path) -> Result<()> {
    let path = format!("{}:{}", Programs::dir().display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", command]).env("PATH", path).env("KUBECONFIG", kubeconfig).output().await?;
    ensure!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn blocks(language: &str) -> Result<Vec<String>> {
    let path = workspace::root().join("controller/docs/gitops.md");
    let page = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1);
    Ok(blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect())
}
