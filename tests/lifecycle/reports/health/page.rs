//! The expressions and commands of `controller/docs/gitops.md`.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::user::page::Page;

const PATH: &str = "controller/docs/gitops.md";

/// The expressions for SealedSecrets.
pub(super) fn expressions() -> Result<Value> {
    let page = Page::read(PATH)?;
    let yaml = page.blocks("yaml").into_iter().next().context("no YAML")?;
    let kustomization: Value = serde_saphyr::from_str(yaml)?;
    let expressions = kustomization["spec"]["healthCheckExprs"][0].clone();
    ensure!(expressions["kind"] == "SealedSecret", "{kustomization}");
    Ok(expressions)
}

/// The commands that set the default status, and that remove it.
pub(super) fn commands() -> Result<[String; 2]> {
    let page = Page::read(PATH)?;
    Ok([page.command(r#""op":"add""#)?.to_owned(), page.command(r#""op":"remove""#)?.to_owned()])
}
